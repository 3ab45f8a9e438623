package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.config.Secret;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Debezium's settings for one engine on MariaDB or MySQL: what
/// `connectors/mariadb/connector.properties` or `connectors/mysql/connector.properties` says, and
/// what depends on the database.
final class BinlogSettings {
  private static final String PREFIX = "vault";

  private BinlogSettings() {}

  /// @param name its own for each
  /// @param serverId no other replica of this server may have it
  record Engine(String name, long serverId) {}

  /// @param trusted null for what the Java platform trusts
  static Properties of(
      BinlogDatabase database,
      BinlogPlan plan,
      Capture capture,
      BinlogPosition start,
      @Nullable TrustedCertificates trusted,
      Engine engine) {
    String name = engine.name();
    BinlogServer server = plan.server();
    Properties settings =
        ConnectorProperties.load("connectors/" + server.folder() + "/connector.properties");
    settings.setProperty("name", name);
    settings.setProperty("topic.prefix", PREFIX);
    settings.setProperty("connector.class", server.connector());
    settings.setProperty("database.hostname", database.host());
    settings.setProperty("database.port", Integer.toString(database.port()));
    settings.setProperty("database.user", database.user());
    settings.setProperty("database.password", database.password().map(Secret::reveal).orElse(""));
    settings.setProperty("database.server.id", Long.toString(engine.serverId()));
    settings.setProperty("database.ssl.mode", server.tlsMode(database.tls(), plan.encrypted()));
    if (!plan.encrypted()) {
      settings.setProperty("driver.allowPublicKeyRetrieval", "true");
    }
    if (trusted != null) {
      settings.setProperty("database.ssl.truststore", trusted.store().toString());
      settings.setProperty("database.ssl.truststore.password", trusted.password());
    }
    startAt(settings, start, name);
    tables(settings, database.database(), plan, capture);
    return settings;
  }

  private static void startAt(Properties settings, BinlogPosition start, String name) {
    settings.setProperty("offset.storage", PrefilledOffsets.class.getName());
    settings.setProperty(
        PrefilledOffsets.KEY, "[\"%s\",{\"server\":\"%s\"}]".formatted(name, PREFIX));
    settings.setProperty(
        PrefilledOffsets.VALUE,
        start.gtids().isEmpty()
            ? "{\"file\":\"%s\",\"pos\":%d}".formatted(start.file(), start.offset())
            : "{\"file\":\"%s\",\"pos\":%d,\"gtids\":\"%s\"}"
                .formatted(start.file(), start.offset(), start.gtids()));
  }

  private static void tables(
      Properties settings, String database, BinlogPlan plan, Capture capture) {
    String prefix = Pattern.quote(database) + "\\.";
    StringJoiner tables = new StringJoiner(",");
    StringJoiner columns = new StringJoiner(",");
    StringJoiner keys = new StringJoiner(";");
    plan.tables()
        .forEach((table, names) -> {
          tables.add(prefix + Pattern.quote(table));
          names.forEach(c -> columns.add(prefix + Pattern.quote(table) + "\\." + Pattern.quote(c)));
          Capture.Table wanted = capture.tables().get(table);
          if (wanted != null) {
            // Groups have no primary key, only a unique one.
            keys.add(prefix + Pattern.quote(table) + ":" + String.join(",", wanted.key()));
          }
        });
    // Tables that are not there yet: that one is made ends the engine, and the next reads it.
    plan.absent().forEach(table -> tables.add(prefix + Pattern.quote(table)));
    settings.setProperty("database.include.list", Pattern.quote(database));
    settings.setProperty("table.include.list", tables.toString());
    settings.setProperty("column.include.list", columns.toString());
    settings.setProperty("message.key.columns", keys.toString());
  }
}
