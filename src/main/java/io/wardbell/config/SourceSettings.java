package io.wardbell.config;

import java.time.Duration;

/// How the database is followed.
public record SourceSettings(
    @Setting(
            value = "WARDBELL_PUBLICATION",
            doc = "PostgreSQL: the publication that `wardbell setup-sql` makes.",
            fallback = "wardbell")
        String publication,
    @Setting(
            value = "WARDBELL_DATABASE_PATIENCE",
            doc =
                "How long to wait at start for a database that cannot be reached, 0 s to 1 h; then"
                    + " Wardbell ends with exit code 69. Once it has been reached, there is no limit.",
            fallback = "60s")
        Duration patience,
    @Setting(
            value = "WARDBELL_WAL_MEGABYTES",
            doc =
                "PostgreSQL: how much of its log the server may keep for Wardbell, 16 to 1,048,576"
                    + " MB. Beyond it Wardbell lets go, and reads everything again.",
            fallback = "4096")
        int walMegabytesMax,
    @Setting(
            value = "WARDBELL_NETWORK_FILE_SYSTEM",
            doc =
                "SQLite: read the database on a network or shared file system (NFS, SMB, 9p,"
                    + " virtiofs, FUSE), too. There pages may be stale, and SQLite itself comes to harm.",
            fallback = "false")
        boolean networkFileSystem) {
  public SourceSettings {
    if (publication.isBlank()) {
      throw new IllegalArgumentException("WARDBELL_PUBLICATION must name a publication");
    }
    Range.check("WARDBELL_WAL_MEGABYTES", walMegabytesMax, 16, 1_048_576);
    if (patience.isNegative() || patience.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("WARDBELL_DATABASE_PATIENCE must be from 0s to 1h");
    }
  }
}
