package io.wardbell.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// MySQL's programs, which the Maven profile `mysql` unpacks. They run as a user who may not get to
/// where the build is, so they are copied once to where everyone gets.
final class MysqlPrograms {
  static final String UNPACKED = "target/mysql";
  static final String SERVER = "bin/mysqld";

  private static @Nullable Path copy;

  private MysqlPrograms() {}

  /// The server's program.
  static synchronized Path server() throws IOException {
    Path folder = copy;
    if (folder == null) {
      folder = Files.createTempDirectory("wardbell-mysql-");
      Path made = folder;
      Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteAtExit(made)));
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path from = Path.of(UNPACKED);
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.skip(1).toList()) {
          Files.copy(
              file, folder.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
      copy = folder;
    }
    return folder.resolve(SERVER);
  }

  private static void deleteAtExit(Path folder) {
    try {
      delete(folder);
    } catch (IOException e) {
      System.err.println("left behind: " + folder);
    }
  }

  /// A folder and all that is in it; what is gone already is no matter.
  static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
