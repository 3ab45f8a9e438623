package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// Our SQLite connector's settings for one engine: what `connectors/sqlite/connector.properties`
/// says, and what depends on the database.
final class SqliteSettings {
  private SqliteSettings() {}

  /// Tables and columns that are not there yet are named, too: the connector follows them from the
  /// commit that makes them.
  static Properties of(SqliteDatabase database, Capture capture, String name) {
    Properties settings = ConnectorProperties.load("connectors/sqlite/connector.properties");
    settings.setProperty("name", name);
    settings.setProperty("topic.prefix", "vault");
    settings.setProperty("notification.sink.topic.name", Reader.NOTIFICATIONS);
    settings.setProperty("database.path", database.file().toString());
    settings.setProperty(
        "foreign.file.system.allowed", Boolean.toString(database.networkFileSystem()));
    StringJoiner tables = new StringJoiner(",");
    StringJoiner columns = new StringJoiner(",");
    capture
        .tables()
        .forEach((table, wanted) -> {
          tables.add(Pattern.quote(table));
          wanted
              .columns()
              .forEach(c -> columns.add(Pattern.quote(table) + "\\." + Pattern.quote(c)));
        });
    settings.setProperty("table.include.list", tables.toString());
    settings.setProperty("column.include.list", columns.toString());
    return settings;
  }
}
