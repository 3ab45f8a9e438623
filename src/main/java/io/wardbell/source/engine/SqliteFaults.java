package io.wardbell.source.engine;

import io.wardbell.change.SourceFault;
import io.wardbell.source.sqlite.wal.DatabaseFault;
import java.nio.file.Path;

/// Why a SQLite database cannot be followed, each with what mends it.
final class SqliteFaults {
  private SqliteFaults() {}

  static SourceFault missing(Path file) {
    return SourceFault.unreachable(
        ("there is no database file %s, or it is empty: start the vault server, or check DATA_FOLDER"
                + " or DATABASE_URL [WB-SL-07]")
            .formatted(file));
  }

  static SourceFault of(Path file, DatabaseFault fault) {
    return switch (fault.kind()) {
      case MISSING -> missing(file);
      case TOO_BUSY -> SourceFault.unreachable(file + ": " + fault.getMessage() + " [WB-SL-08]");
      case NO_PERMISSION,
          NOT_A_DATABASE,
          UNSUPPORTED_FORMAT,
          TRUNCATED,
          MALFORMED,
          NO_JOURNAL,
          EXCLUSIVE,
          FOREIGN_FILE_SYSTEM ->
          SourceFault.setup("%s: %s: %s".formatted(file, fault.getMessage(), remedy(fault)));
    };
  }

  private static String remedy(DatabaseFault fault) {
    return switch (fault.kind()) {
      case NO_PERMISSION ->
          "let Wardbell's user enter the folder and read the file, its -wal and its -shm [WB-SL-09]";
      case NOT_A_DATABASE -> "check DATA_FOLDER or DATABASE_URL [WB-SL-10]";
      case UNSUPPORTED_FORMAT -> "use a newer Wardbell, if there is one [WB-SL-11]";
      case TRUNCATED, MALFORMED ->
          "ask the file what is wrong with PRAGMA integrity_check, and restore a backup [WB-SL-12]";
      case NO_JOURNAL, EXCLUSIVE ->
          "take that PRAGMA out of the vault server's DATABASE_CONN_INIT and restart the server [WB-SL-13]";
      case FOREIGN_FILE_SYSTEM, MISSING, TOO_BUSY -> "use a local volume [WB-SL-03]";
    };
  }
}
