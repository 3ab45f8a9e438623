package io.wardbell;

import io.wardbell.auth.AuthConfig;
import io.wardbell.change.SourceFault;
import io.wardbell.config.DatabaseAccess;
import io.wardbell.config.DatabaseUrl;
import io.wardbell.config.MysqlUrl;
import io.wardbell.config.OperatorAddress;
import io.wardbell.config.PostgresqlUrl;
import io.wardbell.config.PublicAddress;
import io.wardbell.config.Settings;
import io.wardbell.config.SettingsException;
import io.wardbell.config.SourceSettings;
import io.wardbell.config.SqliteFile;
import io.wardbell.config.VaultServer;
import io.wardbell.hub.HubConfig;
import io.wardbell.pipeline.Watcher;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.server.ProxyConfig;
import io.wardbell.server.RequestConfig;
import io.wardbell.server.ServerConfig;
import io.wardbell.server.TlsConfig;
import io.wardbell.source.engine.BinlogDatabase;
import io.wardbell.source.engine.PostgresDatabase;
import io.wardbell.source.engine.SourceDatabase;
import io.wardbell.source.engine.SqliteDatabase;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From settings to a [Service]. The only place that sees all of them.
final class Wiring {
  private static final Logger log = LoggerFactory.getLogger(Wiring.class);

  private final Settings settings;

  Wiring(Settings settings) {
    this.settings = settings;
  }

  /// Serves until the process is told to stop.
  ///
  /// @return the exit code
  int serve() throws InterruptedException {
    try (Service service = new Service(plan(Watcher.NONE))) {
      Runtime.getRuntime().addShutdownHook(new Thread(service::close, "shutdown"));
      service.start();
      return service.await() ? Main.Exit.OK : Main.Exit.SOFTWARE;
    } catch (SourceFault e) {
      return report(e);
    }
  }

  /// Prints what happens until the process is told to stop, or nobody reads on.
  ///
  /// @return the exit code
  int tail(EventLines.Format format, PrintWriter out) throws InterruptedException {
    VaultServer vault = settings.read(VaultServer.class);
    SourceSettings source = settings.read(SourceSettings.class);
    try (Tail tail =
        new Tail(
            database(),
            vault.groupsEnabled().orElse(true),
            settings.read(RoutingConfig.class),
            source.patience(),
            format,
            out)) {
      Runtime.getRuntime().addShutdownHook(new Thread(tail::close, "shutdown"));
      return tail.run() ? Main.Exit.OK : Main.Exit.SOFTWARE;
    } catch (SourceFault e) {
      return report(e);
    }
  }

  private static int report(SourceFault fault) {
    String.valueOf(fault.getMessage())
        .lines()
        .forEach(line -> System.err.println("wardbell: " + line));
    return fault.isUnreachable() ? Main.Exit.UNAVAILABLE : Main.Exit.SETTINGS;
  }

  private Service.Plan plan(Watcher watcher) {
    VaultServer vault = settings.read(VaultServer.class);
    SourceSettings source = settings.read(SourceSettings.class);
    return new Service.Plan(
        database(),
        // Not told: then groups count if there are any. With groups off the server makes none.
        vault.groupsEnabled().orElse(true),
        settings.read(RoutingConfig.class),
        new AuthConfig(vault.domain().origin(), vault.keyFile()),
        settings.read(HubConfig.class),
        server(vault),
        source.patience(),
        watcher);
  }

  private ServerConfig server(VaultServer vault) {
    PublicAddress clients = settings.read(PublicAddress.class);
    ProxyConfig proxies = settings.read(ProxyConfig.class);
    return new ServerConfig(
        clients.host(),
        clients.port(),
        settings.read(OperatorAddress.class),
        proxies.addressHeader(),
        proxies.trustedProxies(),
        vault.domain().subPath(),
        settings.read(TlsConfig.class),
        settings.read(RequestConfig.class));
  }

  /// The database that the settings name.
  ///
  /// @throws SettingsException if they name none, or one that cannot be followed
  SourceDatabase database() {
    return database(settings.read(DatabaseAccess.class), settings.read(SourceSettings.class));
  }

  private static SourceDatabase database(DatabaseAccess access, SourceSettings source) {
    DatabaseUrl url = access.url();
    if (access.asServer() && url.hasLogin()) {
      log.warn(
          "DATABASE_URL is the vault server's own login, which owns its tables: better make a role for"
              + " Wardbell (`wardbell setup-sql`) and set WARDBELL_DATABASE_URL [WB-SET-02]");
    }
    url.ignored().forEach(line -> log.warn("{}: {} [WB-SET-03]", access.setting(), line));
    try {
      return switch (url) {
        case PostgresqlUrl postgresql ->
            PostgresDatabase.of(postgresql, source.publication(), source.walMegabytesMax());
        case MysqlUrl mysql -> BinlogDatabase.of(mysql);
        case SqliteFile file -> SqliteDatabase.of(file, source.networkFileSystem());
      };
    } catch (IllegalArgumentException e) {
      throw SettingsException.of(
          access.setting(), "asks for what cannot be done", String.valueOf(e.getMessage()));
    }
  }
}
