package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.SourceFault;
import io.wardbell.observe.Clock;
import io.wardbell.source.sqlite.wal.DatabaseFault;
import io.wardbell.source.sqlite.wal.LiveDatabase;
import io.wardbell.source.sqlite.wal.MountCheck;
import io.wardbell.source.sqlite.wal.Selection;
import io.wardbell.source.sqlite.wal.TableLayout;
import io.wardbell.source.sqlite.wal.Timing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Looks over a SQLite database before an engine starts, and once a minute while one runs: file
/// system, permission, format, tables. Each look has descriptors of its own and reads only.
final class SqlitePreflight {
  /// Made by the vault server before any other table, and by nothing else that looks like it.
  private static final String MIGRATIONS = "__diesel_schema_migrations";

  private final SqliteDatabase database;
  private final Capture capture;
  private final Timing timing;

  SqlitePreflight(SqliteDatabase database, Capture capture, Clock clock) {
    this.database = database;
    this.capture = capture;
    timing = new Timing(clock::nanoTime, clock::now);
  }

  /// What an engine can read. Looks at the tables' declarations, at no row.
  ///
  /// @throws SourceFault if no engine can work on this database; all faults in one message
  SqlitePlan check() throws SourceFault {
    return look(live -> plan(live.declared()));
  }

  /// Reads every row once: so a damaged file is told at the start, before a client relies on it.
  ///
  /// @throws SourceFault as [#check]
  void readAll() throws SourceFault {
    var _ = look(LiveDatabase::snapshot);
  }

  private interface Look<T> {
    T at(LiveDatabase live) throws IOException, InterruptedException, SourceFault;
  }

  private <T> T look(Look<T> look) throws SourceFault {
    try {
      if (Files.isDirectory(database.file())) {
        throw SourceFault.setup(
            "%s is a folder: name the database's file in it [WB-SL-01]".formatted(database.file()));
      }
      checkFileSystem();
      try (LiveDatabase live = LiveDatabase.of(database.file(), selection(), timing)) {
        if (!live.isPresent()) {
          throw SqliteFaults.missing(database.file());
        }
        return look.at(live);
      }
    } catch (DatabaseFault e) {
      throw SqliteFaults.of(database.file(), e);
    } catch (AccessDeniedException e) {
      throw SqliteFaults.of(
          database.file(),
          new DatabaseFault(DatabaseFault.Kind.NO_PERMISSION, "no permission to enter the folder"));
    } catch (IOException | UncheckedIOException e) {
      throw SourceFault.unreachable(
          "%s cannot be read: %s [WB-SL-02]".formatted(database.file(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SourceFault.unreachable("interrupted");
    }
  }

  private void checkFileSystem() throws IOException, SourceFault {
    @Nullable String type =
        database.networkFileSystem() ? null : MountCheck.foreignFileSystem(database.file());
    if (type != null) {
      throw SourceFault.setup(
          ("%s is on a %s file system, where pages may be stale and SQLite itself comes to harm:"
                  + " use a local volume, or set WARDBELL_NETWORK_FILE_SYSTEM=true [WB-SL-03]")
              .formatted(database.file(), type));
    }
  }

  private Selection selection() {
    return new Selection() {
      @Override
      public boolean includesTable(String table) {
        return capture.tables().containsKey(table) || table.equals(MIGRATIONS);
      }

      @Override
      public boolean includesColumn(String table, String column) {
        Capture.@Nullable Table wanted = capture.tables().get(table);
        return wanted != null && wanted.columns().contains(column);
      }
    };
  }

  private SqlitePlan plan(List<TableLayout> declared) throws SourceFault {
    Map<String, TableLayout> found = new HashMap<>();
    declared.forEach(table -> found.put(table.name(), table));
    List<String> missing = new ArrayList<>();
    List<String> fatal = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    SequencedMap<String, List<String>> tables = new LinkedHashMap<>();
    capture
        .tables()
        .forEach((name, wanted) -> {
          @Nullable TableLayout table = found.get(name);
          if (table == null) {
            if (wanted.required()) {
              missing.add(name);
            }
          } else if (!new HashSet<>(table.key()).equals(new HashSet<>(wanted.key()))) {
            (wanted.required() ? fatal : faults)
                .add(
                    "table %s has not the key %s: this is no vault server's table [WB-SL-04]"
                        .formatted(name, wanted.key()));
          } else {
            tables.put(name, table.columns().stream().map(TableLayout.Column::name).toList());
          }
        });
    if (!missing.isEmpty()) {
      throw incomplete(missing, found.containsKey(MIGRATIONS));
    }
    if (!fatal.isEmpty()) {
      throw SourceFault.setup(String.join("\n", fatal));
    }
    return new SqlitePlan(tables, faults);
  }

  /// @param migrated whether the server has begun to make its tables: then the rest may come
  private SourceFault incomplete(List<String> missing, boolean migrated) {
    return migrated
        ? SourceFault.unreachable(
            ("%s lacks %s: the vault server has not made all of its tables yet, or is older than"
                    + " 1.17: then update it [WB-SL-05]")
                .formatted(database.file(), String.join(", ", missing)))
        : SourceFault.setup(
            ("%s does not look like a vault server's database, for it lacks %s: check DATA_FOLDER"
                    + " or DATABASE_URL [WB-SL-06]")
                .formatted(database.file(), String.join(", ", missing)));
  }
}
