package io.wardbell;

import io.wardbell.auth.AuthConfig;
import io.wardbell.auth.Authenticator;
import io.wardbell.change.SourceFault;
import io.wardbell.config.BuiltInHub;
import io.wardbell.config.Domain;
import io.wardbell.config.Fault;
import io.wardbell.config.Settings;
import io.wardbell.config.SettingsException;
import io.wardbell.config.VaultServer;
import io.wardbell.observe.Clock;
import io.wardbell.ops.Check;
import io.wardbell.ops.Check.Result;
import io.wardbell.ops.PublicWalk;
import io.wardbell.ops.ServerDomain;
import io.wardbell.source.engine.Examination;
import io.wardbell.source.engine.SourceDatabase;
import io.wardbell.vault.VaultTables;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Looks at everything between the settings and a client, in order, and says what it finds.
final class Doctor {
  private static final int TIMEOUT_MILLIS = 5_000;

  /// What it is to do beyond the settings.
  ///
  /// @param vault the vault server's own address, without the proxy
  /// @param walk whether to go the way of a client
  record Orders(
      Optional<URI> vault,
      boolean walk,
      SSLSocketFactory tls,
      Optional<String> token,
      Duration pingPatience,
      Duration notificationPatience) {}

  private final Settings settings;
  private final Orders orders;
  private final Clock clock = Clock.system();
  private final Consumer<String> out;
  private boolean bad;

  Doctor(Settings settings, Orders orders, Consumer<String> out) {
    this.settings = settings;
    this.orders = orders;
    this.out = out;
  }

  /// @return whether nothing is wrong
  boolean examine() {
    section("Settings");
    List<Fault> faults = settings.faults();
    faults.forEach(fault -> say(Result.BAD, fault + " [WB-SET-01]"));
    if (faults.isEmpty()) {
      say(Result.GOOD, "all can be read");
    }
    section("Key");
    guarded(this::key);
    section("Database");
    guarded(this::database);
    section("The vault server's own hub");
    guarded(this::builtInHub);
    section("The way of a client");
    guarded(this::walk);
    out.accept("");
    out.accept(bad ? "Something is wrong: see the lines with ✗." : "All is well.");
    return !bad;
  }

  private void section(String name) {
    out.accept("");
    out.accept(name);
  }

  private void say(Result result, String says) {
    String mark =
        switch (result) {
          case GOOD -> "✓";
          case ADVICE -> "!";
          case BAD -> "✗";
          case SKIPPED -> "-";
        };
    bad |= result == Result.BAD;
    says.lines().forEach(line -> out.accept("  " + mark + " " + line));
  }

  /// What rests on a setting that is wrong cannot be looked at; the setting was told above.
  private void guarded(Runnable part) {
    try {
      part.run();
    } catch (SettingsException e) {
      if (settings.faults().containsAll(e.faults())) {
        say(Result.SKIPPED, "rests on a setting that is wrong");
      } else {
        e.faults().forEach(fault -> say(Result.BAD, fault + " [WB-SET-01]"));
      }
    }
  }

  private void key() {
    VaultServer vault = settings.read(VaultServer.class);
    AuthConfig auth = new AuthConfig(vault.domain().origin(), vault.keyFile());
    @Nullable String fault = new Authenticator(auth, clock).notReady();
    if (fault != null) {
      say(Result.BAD, fault);
      return;
    }
    say(Result.GOOD, "tokens can be checked with " + vault.keyFile());
    say(Result.GOOD, "tokens have to come from " + vault.domain().origin() + ", as DOMAIN says");
    if (vault.publicKeyFile().isEmpty()) {
      say(
          Result.ADVICE,
          "that is the private key: WARDBELL_PUBLIC_KEY_FILE with its public half is enough"
              + " (openssl rsa -in rsa_key.pem -pubout)");
    }
  }

  private void database() {
    SourceDatabase database = new Wiring(settings).database();
    try {
      Examination found = database.examine(VaultTables.CAPTURE, clock);
      found.good().forEach(line -> say(Result.GOOD, line));
      found.faults().forEach(line -> say(Result.BAD, line));
      found.advice().forEach(line -> say(Result.ADVICE, line));
    } catch (SourceFault e) {
      say(Result.BAD, String.valueOf(e.getMessage()));
    }
  }

  private void builtInHub() {
    if (orders.vault().isPresent()) {
      ask(orders.vault().get());
      domain(orders.vault().get());
      return;
    }
    Optional<Boolean> enabled = settings.read(BuiltInHub.class).enabled();
    if (enabled.isEmpty()) {
      say(
          Result.SKIPPED,
          "not told: pass the server's ENABLE_WEBSOCKET, or --vault with its own address");
    } else if (enabled.get()) {
      say(
          Result.ADVICE,
          "ENABLE_WEBSOCKET is true: set it to false for the vault server, which then spares itself"
              + " the work [WB-HUB-01]");
    } else {
      say(Result.GOOD, "is off (ENABLE_WEBSOCKET=false)");
    }
  }

  /// Without its hub the server knows no such path; with it, it asks for a token.
  private void ask(URI vault) {
    String url =
        vault.toString().replaceAll("/+$", "")
            + settings.read(VaultServer.class).domain().subPath()
            + "/notifications/hub";
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      int status = connection.getResponseCode();
      connection.disconnect();
      if (status == HttpURLConnection.HTTP_NOT_FOUND || status == HttpURLConnection.HTTP_OK) {
        say(Result.GOOD, "is off: " + url + " is nothing it knows");
      } else {
        say(
            Result.ADVICE,
            "answers at %s (status %d): set ENABLE_WEBSOCKET=false for the vault server [WB-HUB-01]"
                .formatted(url, status));
      }
    } catch (IOException | IllegalArgumentException e) {
      say(
          Result.BAD,
          "the vault server does not answer at %s (%s): correct --vault [WB-HUB-02]"
              .formatted(url, e.getMessage()));
    }
  }

  private void domain(URI server) {
    Domain ours = settings.read(VaultServer.class).domain();
    Check check = new ServerDomain(server, ours, orders.tls()).check();
    say(check.result(), check.says());
  }

  private void walk() {
    if (!orders.walk()) {
      say(Result.SKIPPED, "--no-walk");
      return;
    }
    VaultServer vault = settings.read(VaultServer.class);
    PublicWalk.Way way =
        new PublicWalk.Way(
            vault.domain().origin(),
            vault.domain().subPath(),
            orders.tls(),
            orders.token(),
            orders.pingPatience(),
            orders.notificationPatience());
    for (Check check : new PublicWalk(way, clock).walk()) {
      say(check.result(), check.says());
    }
    domain(URI.create(vault.domain().origin()));
  }
}
