package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs the launcher in a made-up installation, with made-up Java homes that print what they got.
class LauncherTest {
  private static final long WAIT_SECONDS = 20;

  @TempDir private Path folder;

  private Path installed;
  private Path java25;
  private Path java17;

  private record Ended(int code, String text) {}

  @BeforeEach
  void install() throws IOException {
    installed = Files.createDirectories(folder.resolve("in stalled"));
    Files.createDirectory(installed.resolve("lib"));
    Files.copy(Path.of("wardbell"), installed.resolve("wardbell"));
    executable(installed.resolve("wardbell"));
    java25 = javaHome("25.0.1");
    java17 = javaHome("17.0.9");
  }

  private Path javaHome(String version) throws IOException {
    Path home = folder.resolve("java " + version);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    Path java = home.resolve("bin/java");
    Files.writeString(
        java, "#!/bin/sh\necho java " + version + "\nfor a in \"$@\"; do echo \"<$a>\"; done\n");
    executable(java);
    return home;
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Ended run(Path launcher, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(launcher.toString());
    builder.command().addAll(List.of(args));
    builder.environment().keySet().removeIf(k -> k.startsWith("WARDBELL") || k.equals("JAVA_HOME"));
    builder.environment().putAll(environment);
    Process process = builder.directory(folder.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), text);
  }

  private Ended run(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    return run(installed.resolve("wardbell"), environment, args);
  }

  @Test
  void javaHomeGoesFirstAndArgumentsArriveWhole() throws Exception {
    Ended ended = run(Map.of("JAVA_HOME", java25.toString()), "a b", "*", "");
    assertThat(ended.code()).isZero();
    assertThat(ended.text())
        .startsWith("java 25.0.1\n")
        .contains("<-Xmx128m>", "<-cp>\n<" + installed.toRealPath() + "/lib/*>")
        .endsWith("<io.wardbell.Main>\n<a b>\n<*>\n<>\n");
  }

  @Test
  void olderJavaHomeIsPassedOver() throws Exception {
    String path = java25.resolve("bin") + ":" + System.getenv("PATH");
    assertThat(run(Map.of("JAVA_HOME", java17.toString(), "PATH", path)).text())
        .startsWith("java 25.0.1\n");
  }

  @Test
  void throughSymbolicLinks() throws Exception {
    Path links = Files.createDirectory(folder.resolve("links"));
    Path first = Files.createSymbolicLink(links.resolve("one"), installed.resolve("wardbell"));
    Path second = Files.createSymbolicLink(links.resolve("two"), first.getFileName());
    Ended ended = run(second, Map.of("JAVA_HOME", java25.toString()));
    assertThat(ended.text()).contains("<" + installed.toRealPath() + "/lib/*>");
  }

  @Test
  void heapIsASetting() throws Exception {
    String home = java25.toString();
    assertThat(run(Map.of("JAVA_HOME", home, "WARDBELL_HEAP", "1g")).text()).contains("<-Xmx1g>");
    assertThat(run(Map.of("JAVA_HOME", home, "WARDBELL_HEAP", "16m")).text()).contains("<-Xmx16m>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1x g", "128", "15m", "16383k", "0128m", "99999999999g"})
  void heapThatJavaWouldRefuseIsNamed(String heap) throws Exception {
    Ended wrong = run(Map.of("JAVA_HOME", java25.toString(), "WARDBELL_HEAP", heap));
    assertThat(wrong.code()).isEqualTo(78);
    assertThat(wrong.text())
        .startsWith("wardbell: WARDBELL_HEAP: read \"" + heap + "\"")
        .contains("16m or more", "[WB-SET-01]")
        .hasLineCount(1);
  }

  @Test
  void demoBringsItsDatabases() throws Exception {
    Files.createDirectories(installed.resolve("target/demo/lib"));
    String home = installed.toRealPath().toString();
    Map<String, String> environment = Map.of("JAVA_HOME", java25.toString());
    assertThat(run(environment, "demo", "--once").text())
        .contains("<" + home + "/lib/*:" + home + "/target/demo/lib/*>")
        .contains("<--enable-native-access=ALL-UNNAMED>");
    assertThat(run(environment, "serve").text())
        .contains("<" + home + "/lib/*>")
        .doesNotContain("native-access");
  }

  @Test
  void cacheOfClassesIsUsedIfThere() throws Exception {
    Files.createFile(installed.resolve("wardbell.aot"));
    assertThat(run(Map.of("JAVA_HOME", java25.toString())).text())
        .contains("<-XX:AOTCache=" + installed.toRealPath() + "/wardbell.aot>");
  }
}
