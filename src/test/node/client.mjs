// A SignalR client as Bitwarden's clients use it, for the tests.
//
// Reads one line of JSON with its options from standard input, then prints one line of JSON for
// each thing that happens: connected, failed, notification, closed. Ends when the input ends.
//
// Options: url, token (may be absent), tokenIn ("header" or "query"), protocol ("messagepack" or
// "json"), library (a folder below this one that has the client's modules; absent for this one),
// negotiate (true to negotiate first).
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");

async function run(options) {
  globalThis.self = globalThis; // the libraries of 2021 look for a browser
  const folder = options.library ? `./${options.library}/` : "./";
  const require = createRequire(new URL(folder, import.meta.url));
  const scope = options.library === "1" ? "@aspnet" : "@microsoft";
  const signalr = require(`${scope}/signalr`);
  const msgpack = require(`${scope}/signalr-protocol-msgpack`);

  let url = options.url;
  if (options.token && options.tokenIn === "query") {
    url += (url.includes("?") ? "&" : "?") + "access_token=" + encodeURIComponent(options.token);
  }
  const connectionOptions = {
    transport: signalr.HttpTransportType.WebSockets,
    skipNegotiation: !options.negotiate,
    logger: signalr.LogLevel.None,
  };
  if (options.token && options.tokenIn !== "query") {
    connectionOptions.accessTokenFactory = () => options.token;
  }
  const builder = new signalr.HubConnectionBuilder().withUrl(url, connectionOptions);
  if (options.protocol !== "json") {
    builder.withHubProtocol(new msgpack.MessagePackHubProtocol());
  }
  const connection = builder.build();
  for (const target of ["ReceiveMessage", "AuthRequestResponseRecieved", "Heartbeat"]) {
    connection.on(target, (argument) => say({ event: "notification", target, argument }));
  }
  connection.onclose((error) => say({ event: "closed", error: error ? String(error) : null }));
  try {
    await connection.start();
    say({ event: "connected" });
  } catch (error) {
    say({ event: "failed", error: String(error) });
  }
  return connection;
}

let started;
const input = createInterface({ input: process.stdin });
input.once("line", (line) => {
  started = run(JSON.parse(line));
});
input.on("close", async () => {
  const connection = await started;
  await connection?.stop();
  process.exit(0);
});
process.on("uncaughtException", (error) => {
  say({ event: "failed", error: String(error) });
  process.exit(1);
});
