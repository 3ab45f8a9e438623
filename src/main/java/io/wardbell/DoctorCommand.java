package io.wardbell;

import io.wardbell.config.ProcessSettings.LogLevel;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Says what stands between the settings and a client's first notification.
@Command(
    name = "doctor",
    description =
        "Check settings, key, database and the public address in order; exit code 0 or 1.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  /// The hub pings after 13 s of silence.
  private static final Duration PING_PATIENCE = Duration.ofSeconds(25);

  private static final int TOKEN_BYTES_MAX = 16 * 1024;

  @Option(
      names = "--no-walk",
      description = "Leave the public address alone: settings, key and database only.")
  private boolean noWalk;

  @Option(
      names = "--vault",
      paramLabel = "URL",
      description =
          "The vault server's own address, to see its DOMAIN and whether its built-in hub is off.")
  private @Nullable URI vault;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "Trust this certificate (PEM), as that of Caddy's own authority.")
  private @Nullable Path caFile;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A login's token: then wait for a notification; change an item meanwhile.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "How long to wait for that notification (60).",
      defaultValue = "60")
  private int waitSeconds;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @CommandLine.ParentCommand private Main main;

  @Override
  public Integer call() {
    Logging.toStandardError();
    Logging.level(LogLevel.ERROR); // Its lines say it all.
    PrintWriter out = spec.commandLine().getOut();
    Doctor.Orders orders =
        new Doctor.Orders(
            Optional.ofNullable(vault), !noWalk, tls(), token(), PING_PATIENCE, patience());
    Doctor doctor =
        new Doctor(
            main.settings(),
            orders,
            line -> {
              out.println(line);
              out.flush();
            });
    return doctor.examine() ? Main.Exit.OK : Main.Exit.NO;
  }

  private Duration patience() {
    if (waitSeconds < 1 || waitSeconds > 3_600) {
      throw misuse("--wait takes 1 to 3600 seconds");
    }
    return Duration.ofSeconds(waitSeconds);
  }

  private Optional<String> token() {
    if (tokenFile == null) {
      return Optional.empty();
    }
    try {
      if (Files.size(tokenFile) > TOKEN_BYTES_MAX) {
        throw misuse("--token-file names a file that is too large");
      }
      return Optional.of(Files.readString(tokenFile).strip());
    } catch (IOException e) {
      throw misuse("--token-file cannot be read: " + e.getMessage());
    }
  }

  private SSLSocketFactory tls() {
    if (caFile == null) {
      return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }
    try (InputStream in = Files.newInputStream(caFile)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + store.size(), each);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException | GeneralSecurityException e) {
      throw misuse("--ca-file cannot be used: " + e.getMessage());
    }
  }

  private CommandLine.ParameterException misuse(String why) {
    return new CommandLine.ParameterException(spec.commandLine(), why);
  }
}
