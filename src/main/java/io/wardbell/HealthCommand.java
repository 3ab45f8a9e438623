package io.wardbell;

import io.wardbell.config.OperatorAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Asks the running process how it is, for container health checks.
@Command(
    name = "health",
    description = "Ask the running Wardbell whether it is ready; exit code 0 or 1.",
    mixinStandardHelpOptions = true)
final class HealthCommand implements Callable<Integer> {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int ANSWER_BYTES_MAX = 4_096;

  @Option(
      names = "--sync",
      description = "Ask whether the database is being followed and all of it was read.")
  private boolean sync;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @CommandLine.ParentCommand private Main main;

  @Override
  public Integer call() {
    OperatorAddress address = main.settings().read(OperatorAddress.class);
    String url = "http://" + reachable(address.host()) + ":" + address.port() + path();
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      int status = connection.getResponseCode();
      say(body(connection, status));
      return status == HttpURLConnection.HTTP_OK ? Main.Exit.OK : Main.Exit.NO;
    } catch (IOException | IllegalArgumentException e) {
      say("no answer from " + url + " (" + e.getMessage() + ") [WB-OPS-01]");
      return Main.Exit.NO;
    }
  }

  private String path() {
    return sync ? "/syncz" : "/readyz";
  }

  /// A listener on all addresses is reached on this machine's own.
  private static String reachable(String host) {
    return switch (host) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::", "[::]" -> "[::1]";
      default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    };
  }

  private static String body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in =
        status < HttpURLConnection.HTTP_BAD_REQUEST
            ? connection.getInputStream()
            : connection.getErrorStream()) {
      return in == null
          ? "status " + status
          : new String(in.readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8).strip();
    }
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
  }
}
