package io.wardbell.source.engine;

import io.wardbell.config.Secret;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// Debezium's settings for one engine on PostgreSQL: what
/// `connectors/postgresql/connector.properties` says, and what depends on the database.
final class PostgresSettings {
  private PostgresSettings() {}

  static Properties of(
      PostgresDatabase database, PostgresPlan plan, String slot, SocketGroup sockets) {
    Properties settings = ConnectorProperties.load("connectors/postgresql/connector.properties");
    settings.setProperty("name", slot);
    settings.setProperty("topic.prefix", "vault");
    settings.setProperty("connector.class", TemporarySlotConnector.class.getName());
    settings.setProperty("notification.sink.topic.name", Reader.NOTIFICATIONS);
    // Debezium takes names and IPv4 addresses only; the socket knows where to connect.
    settings.setProperty("database.hostname", database.host().replace(':', '-'));
    settings.setProperty("database.port", Integer.toString(database.port()));
    settings.setProperty("database.dbname", database.database());
    settings.setProperty("database.user", database.user());
    database
        .password()
        .map(Secret::reveal)
        .ifPresent(password -> settings.setProperty("database.password", password));
    database.driver().forEach((key, value) -> settings.setProperty("driver." + key, value));
    settings.setProperty("database.sslmode", database.driver().getOrDefault("sslmode", "prefer"));
    // Debezium gives its connections names of its own; ours tells whose locks they hold.
    settings.merge(
        "database.initial.statements",
        "SET application_name = '" + slot + "'",
        (statements, name) -> statements + "; " + name);
    settings.setProperty("driver.socketFactory", WakingSocketFactory.class.getName());
    settings.setProperty("driver.socketFactoryArg", sockets.name());
    settings.setProperty("slot.name", slot);
    settings.setProperty("publication.name", database.publication());
    StringJoiner tables = new StringJoiner(",");
    StringJoiner columns = new StringJoiner(",");
    plan.tables()
        .forEach((name, table) -> {
          String qualified = Pattern.quote(table.schema()) + "\\." + Pattern.quote(name);
          tables.add(qualified);
          table.columns().forEach(c -> columns.add(qualified + "\\." + Pattern.quote(c)));
        });
    settings.setProperty("table.include.list", tables.toString());
    settings.setProperty("column.include.list", columns.toString());
    return settings;
  }
}
