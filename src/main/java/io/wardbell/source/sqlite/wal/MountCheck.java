package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names file systems on which a reader may see stale pages, or no file events: there the index of
/// the log is not shared between the kernels, and SQLite itself comes to harm.
public final class MountCheck {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final Set<String> FOREIGN =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smb3",
          "smbfs",
          "9p",
          "virtiofs",
          "afs",
          "ceph",
          "lustre",
          "gfs2",
          "ocfs2",
          "vboxsf",
          "vmhgfs",
          "prl_fs",
          "osxfs",
          "fakeowner",
          "fuse");

  private MountCheck() {}

  /// @return the type of the file system that holds the file, if it is one of those; else null,
  ///   also where that cannot be found out
  public static @Nullable String foreignFileSystem(Path file) throws IOException {
    if (!Files.isReadable(MOUNTS)) {
      return null; // no Linux
    }
    Path there = file.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return foreign(typeOf(there.toRealPath().toString(), Files.readString(MOUNTS)));
  }

  private static @Nullable String foreign(String type) {
    boolean fuse = type.startsWith("fuse.");
    return fuse || FOREIGN.contains(type) ? type : null;
  }

  /// @param mounts as in proc(5), /proc/pid/mountinfo
  static String typeOf(String path, String mounts) {
    String best = "";
    String type = "";
    for (String line : mounts.lines().toList()) {
      List<String> fields = Arrays.asList(line.split(" ", -1));
      int dash = fields.indexOf("-");
      if (dash < 5 || dash + 1 >= fields.size()) {
        continue;
      }
      String point = unescaped(fields.get(4));
      boolean within = point.equals("/") || path.equals(point) || path.startsWith(point + "/");
      if (within && point.length() >= best.length()) { // a later mount covers an earlier one
        best = point;
        type = fields.get(dash + 1);
      }
    }
    return type;
  }

  private static String unescaped(String field) {
    return field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
