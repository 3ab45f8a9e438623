package io.wardbell.chaos;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;

/// What happened, a line each, in a file. Any thread.
final class Story implements AutoCloseable {
  private static final int LINES_MAX = 60;

  private final Path file;
  private final BufferedWriter out;

  Story(Path file) throws IOException {
    this.file = file;
    Files.createDirectories(file.getParent());
    out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
  }

  Path file() {
    return file;
  }

  @SuppressWarnings("AnnotateFormatMethod") // The annotation would need a library.
  synchronized void tell(String line, Object... parts) {
    try {
      out.write(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line.formatted(parts) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The last lines that speak of one of these, and what broke meanwhile.
  synchronized String about(Collection<String> words) throws IOException {
    out.flush();
    List<String> lines =
        Files.readAllLines(file).stream()
            .filter(line -> line.contains("==") || words.stream().anyMatch(line::contains))
            .toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_MAX), lines.size()));
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
