package io.wardbell.demo;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs programs in one folder as a user that PostgreSQL accepts.
///
/// PostgreSQL refuses to run as root. An ordinary user runs it as it is; root runs it as `nobody`
/// through setpriv, or, where that is missing, in a user namespace of its own (`unshare -U`), in
/// which root is nobody.
final class UnprivilegedCommand {
  private static final int NOBODY = 65534;
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--");
  private static final List<String> IN_NAMESPACE = List.of("unshare", "-U", "--");
  private static final Duration PROBE = Duration.ofSeconds(10);

  private final Path folder;
  private final List<String> prefix;

  private UnprivilegedCommand(Path folder, List<String> prefix) {
    this.folder = folder;
    this.prefix = prefix;
  }

  /// Chooses how to run in `folder`, and gives the folder to the user that programs run as.
  static UnprivilegedCommand in(Path folder) throws IOException {
    if (!Files.getAttribute(folder, "unix:uid").equals(0)) {
      return new UnprivilegedCommand(folder, List.of());
    }
    if (works(AS_NOBODY)) {
      UnprivilegedCommand command = new UnprivilegedCommand(folder, AS_NOBODY);
      command.giveAway(folder);
      return command;
    }
    if (works(IN_NAMESPACE)) {
      return new UnprivilegedCommand(folder, IN_NAMESPACE);
    }
    throw new IOException(
        "PostgreSQL does not run as root, and neither setpriv nor `unshare -U` works here;"
            + " run this as an ordinary user");
  }

  /// Makes a file or folder belong to the user that programs run as.
  void giveAway(Path path) throws IOException {
    if (prefix.equals(AS_NOBODY)) {
      Files.setAttribute(path, "unix:uid", NOBODY);
    }
  }

  /// Runs to the end and returns the exit code; what it prints is appended to `output`. A program
  /// that is not done in time is ended, and this throws.
  int run(Path output, Duration limit, List<String> command) throws IOException {
    return await(start(output, command), limit, command.getFirst());
  }

  /// Starts a program that stays; what it prints is appended to `output`.
  Process start(Path output, List<String> command) throws IOException {
    List<String> line = new ArrayList<>(prefix);
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("TZ", "UTC");
    return builder.start();
  }

  private static boolean works(List<String> prefix) throws IOException {
    List<String> line = new ArrayList<>(prefix);
    line.add("true");
    Process probe;
    try {
      probe =
          new ProcessBuilder(line)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException absent) {
      return false; // No such program: the answer that was asked for.
    }
    return await(probe, PROBE, prefix.getFirst()) == 0;
  }

  private static int await(Process process, Duration limit, String name) throws IOException {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + name);
    }
    process.destroyForcibly();
    throw new IOException(name + " did not end within " + limit.toSeconds() + " s");
  }
}
