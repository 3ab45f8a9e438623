package io.wardbell.server;

import io.wardbell.config.SettingsException;
import io.wardbell.observe.Clock;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate of the public listener, as the files have it now: looked at by each handshake,
/// at most once a second. Files that are bad after they were good, or do not belong together since
/// one is written before the other, leave the certificate before in use.
///
/// Any thread: one looks, others take what is there meanwhile.
final class TlsFiles {
  private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
  private static final long LOOK_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long BYTES_MAX = 256 * 1024;

  private record Mark(FileTime modified, long size, @Nullable Object file) {}

  /// An identity under the name by which a handshake that has begun finds it again.
  private record Named(String alias, TlsIdentity identity) {}

  private final Path certificates;
  private final Path key;
  private final Clock clock;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile Named current;
  private volatile Named before;
  private volatile long lookedAt;
  private List<Mark> marks = List.of();
  private @Nullable String fault;
  private int generation;

  /// @throws SettingsException if the files are not a certificate and its key
  TlsFiles(Path certificates, Path key, Clock clock) {
    this.certificates = certificates;
    this.key = key;
    this.clock = clock;
    try {
      marks = List.of(mark(TlsConfig.CERTIFICATES, certificates), mark(TlsConfig.KEY, key));
      current = read();
    } catch (BadTlsFileException e) {
      throw SettingsException.of(
          e.setting(),
          "names " + path(e.setting()),
          "give a certificate and its key: " + e.getMessage());
    }
    before = current;
    lookedAt = clock.nanoTime();
  }

  /// Speaks TLS 1.2 and 1.3 with whatever the files hold at the time of each handshake.
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new Keys()}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform speaks TLS", e);
    }
  }

  private Named current() {
    if (clock.nanoTime() - lookedAt >= LOOK_EVERY_NANOS && looking.tryLock()) {
      try {
        look();
      } finally {
        lookedAt = clock.nanoTime();
        looking.unlock();
      }
    }
    return current;
  }

  private void look() {
    try {
      List<Mark> seen =
          List.of(mark(TlsConfig.CERTIFICATES, certificates), mark(TlsConfig.KEY, key));
      if (!seen.equals(marks)) {
        Named next = read();
        before = current;
        current = next;
        marks = seen;
      }
      fault = null;
    } catch (BadTlsFileException e) {
      String why = "%s: %s".formatted(path(e.setting()), e.getMessage());
      if (!why.equals(fault)) {
        LOG.warn("{}; the certificate before stays in use [WB-TLS-01]", why);
      }
      fault = why;
      marks = List.of();
    }
  }

  private Named read() throws BadTlsFileException {
    TlsIdentity identity =
        TlsIdentity.of(text(TlsConfig.CERTIFICATES, certificates), text(TlsConfig.KEY, key));
    X509Certificate first = identity.chain().getFirst();
    LOG.info(
        "TLS with the certificate of {}, valid until {}",
        first.getSubjectX500Principal(),
        first.getNotAfter().toInstant());
    if (first.getNotAfter().toInstant().isBefore(clock.now())) {
      LOG.warn(
          "The certificate in {} has expired: clients will refuse it [WB-TLS-02]", certificates);
    }
    return new Named("certificate-" + generation++, identity);
  }

  private Path path(String setting) {
    return setting.equals(TlsConfig.KEY) ? key : certificates;
  }

  private static Mark mark(String setting, Path path) throws BadTlsFileException {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      if (now.size() > BYTES_MAX) {
        throw new BadTlsFileException(setting, "it is too large");
      }
      return new Mark(now.lastModifiedTime(), now.size(), now.fileKey());
    } catch (IOException e) {
      throw unreadable(setting, e);
    }
  }

  private static String text(String setting, Path path) throws BadTlsFileException {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw unreadable(setting, e);
    }
  }

  private static BadTlsFileException unreadable(String setting, IOException e) {
    String why =
        e instanceof NoSuchFileException
            ? "it is missing"
            : "it cannot be read (%s)".formatted(e.getClass().getSimpleName());
    return new BadTlsFileException(setting, why).because(e);
  }

  /// Hands a handshake the certificate of the moment at which it began. A server's part alone.
  private final class Keys extends X509ExtendedKeyManager {
    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
      Named named = current();
      return named.identity().key().getAlgorithm().equals(keyType) ? named.alias() : null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return named(alias).identity().chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return named(alias).identity().key();
    }

    private Named named(String alias) {
      Named old = before;
      return old.alias().equals(alias) ? old : current;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {current.alias()};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
      return null;
    }
  }
}
