package io.wardbell.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `./wardbell` starts Java with.
final class Launcher {
  private static final Pattern FLAGS = Pattern.compile("flags=\"([^\"]*)\"");

  private Launcher() {}

  static List<String> flags() throws IOException {
    Matcher flags = FLAGS.matcher(Files.readString(Path.of("wardbell")));
    if (!flags.find()) {
      throw new IllegalStateException("the launcher has no flags");
    }
    return List.of(flags.group(1).split("\\s+", -1));
  }
}
