package io.wardbell.auth;

import io.wardbell.observe.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The public key, as the file has it now: a file that changed is read again, looked at on demand
/// and at most once a second. A file that is bad or away after it was good leaves the last good key
/// in use, since a server that rewrites its key passes through such a state.
///
/// Any thread: one looks, others take what is there meanwhile.
final class KeyFile {
  private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
  private static final long LOOK_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long BYTES_MAX = 64 * 1024;

  private record Mark(FileTime modified, long size, @Nullable Object file) {}

  private final Path path;
  private final Clock clock;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile @Nullable RSAPublicKey key;
  private volatile @Nullable String fault;
  private volatile long lookedAt;
  private @Nullable Mark mark;

  KeyFile(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
    this.lookedAt = clock.nanoTime() - LOOK_EVERY_NANOS;
  }

  /// The key to use; null if there has not been one yet.
  @Nullable RSAPublicKey key() {
    if (due()) {
      RSAPublicKey current = key;
      if (current == null) {
        looking.lock(); // nothing can be judged without a key: wait for who looks
      } else if (!looking.tryLock()) {
        return current;
      }
      try {
        if (due()) {
          look();
        }
      } finally {
        looking.unlock();
      }
    }
    return key;
  }

  private boolean due() {
    return clock.nanoTime() - lookedAt >= LOOK_EVERY_NANOS;
  }

  /// Why the file, as it is now, gives no key; null if it does.
  @Nullable String fault() {
    key();
    return fault;
  }

  private void look() {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      Mark seen = new Mark(now.lastModifiedTime(), now.size(), now.fileKey());
      if (!seen.equals(mark)) {
        if (now.size() > BYTES_MAX) {
          throw new BadKeyException("it is larger than a key can be");
        }
        RSAPublicKey read = RsaPem.read(Files.readString(path));
        if (!read.equals(key)) {
          LOG.info("Tokens are checked with the key in {}", path);
        }
        key = read;
        mark = seen;
      }
      fault = null;
    } catch (NoSuchFileException e) {
      failed(
          "the key file %s is missing: the vault server writes it at its first start [WB-KEY-01]"
              .formatted(path));
    } catch (IOException e) {
      failed(
          ("the key file %s cannot be read (%s): let Wardbell's user read it, or name its public half"
                  + " by WARDBELL_PUBLIC_KEY_FILE [WB-KEY-02]")
              .formatted(path, e.getClass().getSimpleName()));
    } catch (BadKeyException e) {
      failed("the key file %s cannot be used: %s [WB-KEY-03]".formatted(path, e.getMessage()));
    } finally {
      lookedAt = clock.nanoTime();
    }
  }

  private void failed(String why) {
    if (!why.equals(fault)) {
      LOG.warn("{}{}", why, key == null ? "" : "; the key read before stays in use");
    }
    mark = null;
    fault = why;
  }
}
