package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MainTest {
  private final Map<String, String> environment = new HashMap<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(environment, new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  @Test
  void noCommandIsMisuse() {
    assertThat(run()).isEqualTo(64);
    assertThat(err)
        .hasToString("wardbell: name a command; try wardbell --help [WB-RUN-05]%n".formatted());
  }

  @Test
  void unknownCommandIsMisuse() {
    assertThat(run("server")).isEqualTo(64);
    assertThat(err.toString())
        .startsWith("wardbell: ")
        .endsWith("try wardbell --help [WB-RUN-05]\n");
  }

  @Test
  void unknownOptionIsMisuse() {
    assertThat(run("health", "--deep")).isEqualTo(64);
    assertThat(err.toString()).startsWith("wardbell health: ").hasLineCount(1);
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("serve", "demo", "tail", "health", "print-config", "setup-sql");
  }

  @Test
  void wrongSettingsAreOneLineEach() {
    environment.put("WEBSOCKET_PORT", "x");
    environment.put("WARDBELL_LOGLEVEL", "debug");
    environment.put("WARDBELL_DATABASE_URL", "postgresql://u:hunter2@h/d?sslmode=never");
    assertThat(run("serve")).isEqualTo(78);
    assertThat(err.toString().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("wardbell: W"))
        .noneMatch(line -> line.contains("hunter2"));
  }

  @Test
  void printedSettingsHideSecrets() {
    environment.put("WARDBELL_DATABASE_URL", "postgresql://u:hunter2@h/d");
    assertThat(run("print-config")).isZero();
    assertThat(out.toString())
        .contains("postgresql://u:***@h:5432/d")
        .contains("environment")
        .doesNotContain("hunter2");
  }

  @Test
  void printedSettingsShowWhatIsWrongToo() {
    environment.put("WEBSOCKET_PORT", "x");
    assertThat(run("print-config")).isEqualTo(78);
    assertThat(out.toString()).contains("environment, wrong");
    assertThat(err.toString()).startsWith("wardbell: WEBSOCKET_PORT: read \"x\" (environment)");
  }

  @Test
  void setupIsForTheSchemaThatTheUrlNames() {
    environment.put("WARDBELL_DATABASE_URL", "postgresql://bell@h/d");
    assertThat(run("setup-sql")).isZero();
    assertThat(out.toString()).contains("'public';   -- @schema").contains("'bell'; -- @role");
    environment.put(
        "WARDBELL_DATABASE_URL", "postgresql://bell@h/d?options=-c%20search_path%3Dvault%2Cpublic");
    assertThat(run("setup-sql")).isZero();
    assertThat(out.toString()).contains("'vault';   -- @schema");
  }

  @Test
  void sqliteNeedsNoSetup() {
    assertThat(run("setup-sql")).isEqualTo(78);
    assertThat(err.toString()).contains("SQLite has no roles to make").hasLineCount(1);
  }

  @Test
  void roleThatCannotBeQuotedSafely() {
    environment.put("WARDBELL_DATABASE_URL", "postgresql://a%22b@h/d");
    assertThat(run("setup-sql")).isEqualTo(78);
    assertThat(err.toString()).contains("choose another name").hasLineCount(1);
  }

  @Test
  void healthWithoutAProcess() throws IOException {
    HttpServer closed = operator(200, "");
    closed.stop(0);
    assertThat(run("health")).isEqualTo(1);
    assertThat(out.toString()).startsWith("no answer from http://127.0.0.1:").hasLineCount(1);
  }

  @Test
  void healthAsksWhetherItIsReady() throws IOException {
    HttpServer server = operator(200, "/readyz says yes\n");
    try {
      assertThat(run("health")).isZero();
      assertThat(out.toString().strip()).isEqualTo("/readyz says yes");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void healthSaysWhyNot() throws IOException {
    HttpServer server = operator(503, "/syncz says no\n");
    try {
      assertThat(run("health", "--sync")).isEqualTo(1);
      assertThat(out.toString().strip()).isEqualTo("/syncz says no");
    } finally {
      server.stop(0);
    }
  }

  /// An operator listener that gives one answer to the path with which the answer begins.
  private HttpServer operator(int status, String answer) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean asked = answer.startsWith(exchange.getRequestURI().getPath() + " ");
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(asked ? status : 404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    environment.put("WARDBELL_OPERATOR_PORT", String.valueOf(server.getAddress().getPort()));
    return server;
  }
}
