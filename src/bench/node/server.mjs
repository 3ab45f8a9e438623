// A server of plain WebSockets (npm ws) that sends each client the same bytes as the hub does. Says
// `port N`, then does what its input says: stats, `probes N`, `pace PER_SECOND COUNT`.
// Argument: a message in hexadecimal, with the place of the mark as `@` and 35 bytes behind it.
import { createInterface } from "node:readline";
import { WebSocketServer } from "ws";

const message = Buffer.from(process.argv[2], "hex");
const mark = message.indexOf("@");
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: false,
  backlog: 10_000,
});
let probes = 0;

server.on("listening", () => console.log("port " + server.address().port));
server.on("connection", (socket) => {
  socket.on("message", (_, isBinary) => {
    if (!isBinary) {
      socket.send("{}\u001e"); // the handshake
    }
  });
  socket.on("error", () => {});
});

function probe() {
  const number = String(++probes).padStart(9, "0");
  const nanos = String(process.hrtime.bigint()).padStart(25, "0");
  const copy = Buffer.from(message);
  copy.write("@P" + number + nanos, mark, "latin1");
  for (const client of server.clients) {
    client.send(copy, { binary: true });
  }
}

function pace(perSecond, count) {
  const begun = performance.now();
  let sent = 0;
  const next = () => {
    probe();
    sent++;
    if (sent < count) {
      setTimeout(next, Math.max(0, begun + (sent * 1000) / perSecond - performance.now()));
    } else {
      console.log("pace " + count);
    }
  };
  next();
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [command, ...words] = line.split(" ");
    if (command === "stats") {
      console.log("stats 0 " + process.memoryUsage.rss() + " " + server.clients.size + " 0");
    } else if (command === "probes") {
      for (let i = 0; i < Number(words[0]); i++) {
        probe();
      }
      console.log("probes " + probes);
    } else if (command === "pace") {
      pace(Number(words[0]), Number(words[1]));
    }
  })
  .on("close", () => process.exit());
