package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `wardbell serve` in a process of its own, which can write nothing that its user may not write:
/// root's usual exemption is taken away. The JVM's options are the launcher's.
public final class ServeProcess implements AutoCloseable {
  private static final List<String> WITHOUT_EXEMPTION =
      List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--");

  private static final Pattern FLAGS = Pattern.compile("flags=\"([^\"]*)\"");

  final int port = freePort();
  final int operatorPort = freePort();
  private final Path said;
  private final Process process;

  /// @param said a file for what it says
  public ServeProcess(Path said, Map<String, String> environment) throws IOException {
    this.said = said;
    List<String> command = new ArrayList<>();
    if (Files.getAttribute(said.getParent(), "unix:uid").equals(0)) {
      command.addAll(WITHOUT_EXEMPTION);
    }
    command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(launcherFlags());
    command.addAll(
        List.of(
            "-Xmx" + environment.getOrDefault("WARDBELL_HEAP", "128m"), // as the launcher
            "-cp",
            System.getProperty("java.class.path"),
            "io.wardbell.Main",
            "serve"));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("WARDBELL_"));
    builder.environment().put("WEBSOCKET_ADDRESS", "127.0.0.1");
    builder.environment().put("WEBSOCKET_PORT", Integer.toString(port));
    builder.environment().put("WARDBELL_OPERATOR_PORT", Integer.toString(operatorPort));
    builder.environment().put("WARDBELL_DATABASE_PATIENCE", "1s");
    builder.environment().putAll(environment);
    process = builder.start();
  }

  /// What `./wardbell` starts Java with.
  public static List<String> launcherFlags() throws IOException {
    Matcher flags = FLAGS.matcher(Files.readString(Path.of("wardbell")));
    assertThat(flags.find()).as("the launcher's flags").isTrue();
    return List.of(flags.group(1).split("\\s+", -1));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// The exit code.
  int await() throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    return process.exitValue();
  }

  /// SIGKILL.
  public void kill() throws InterruptedException {
    signal("KILL");
    process.waitFor();
  }

  /// Any signal, by its name.
  public void signal(String name) throws InterruptedException {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Its number.
  public long pid() {
    return process.pid();
  }

  /// Whether it has not ended.
  public boolean isAlive() {
    return process.isAlive();
  }

  String said() throws IOException {
    return Files.readString(said, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    Ending.end(process, Duration.ofSeconds(10));
  }
}
