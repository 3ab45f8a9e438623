package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The files on disk, opened for reading only. No lock is taken and none can be lost to SQLite:
/// this process holds no SQLite connection to them (closing any descriptor of a file drops the
/// POSIX locks that the same process has on it).
final class DiskFiles implements DatabaseFiles {
  private record Opened(FileChannel channel, Object identity) implements FileBytes {
    @Override
    public int read(byte[] into, int offset, int length, long position) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
      int total = 0;
      while (buffer.hasRemaining()) {
        int n = channel.read(buffer, position + total);
        if (n <= 0) {
          break;
        }
        total += n;
      }
      return total;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }
  }

  private final Path directory;
  private final Path databasePath;
  private final Path logPath;
  private final Path indexPath;
  private final Path journalPath;
  private @Nullable Opened database;
  private @Nullable Opened log;
  private @Nullable Opened index;
  private @Nullable Object firstIdentity;

  DiskFiles(Path path) {
    databasePath = path.toAbsolutePath();
    directory = Objects.requireNonNull(databasePath.getParent(), "a database is in a directory");
    String name = databasePath.toString();
    logPath = Path.of(name + "-wal");
    indexPath = Path.of(name + "-shm");
    journalPath = Path.of(name + "-journal");
  }

  @Override
  public boolean refresh() throws IOException {
    log = reopened(log, logPath);
    index = reopened(index, indexPath);
    database = reopened(database, databasePath);
    if (database == null) {
      return false;
    }
    boolean replaced = firstIdentity != null && !firstIdentity.equals(database.identity());
    firstIdentity = database.identity();
    return replaced;
  }

  private static @Nullable Opened reopened(@Nullable Opened before, Path path) throws IOException {
    Object now = identity(path);
    if (before != null && before.identity().equals(now)) {
      return before;
    }
    close(before);
    if (now == null) {
      return null;
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      // The name may have been given to another file between the two looks: look once more.
      Object after = identity(path);
      if (after == null || !after.equals(now)) {
        channel.close();
        return null;
      }
      return new Opened(channel, now);
    } catch (NoSuchFileException _) {
      return null;
    } catch (AccessDeniedException e) {
      throw new DatabaseFault(
          DatabaseFault.Kind.NO_PERMISSION, "no permission to read " + path.getFileName(), e);
    }
  }

  private static @Nullable Object identity(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  private static Stamp stamp(BasicFileAttributes a) {
    return new Stamp(a.size(), a.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  private static @Nullable Stamp stampOf(Path path) throws IOException {
    try {
      return stamp(Files.readAttributes(path, BasicFileAttributes.class));
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  @Override
  public @Nullable FileBytes database() {
    return database;
  }

  @Override
  public @Nullable FileBytes log() {
    return log;
  }

  @Override
  public @Nullable FileBytes index() {
    return index;
  }

  @Override
  public byte @Nullable [] journalHead() throws IOException {
    try (FileChannel channel = FileChannel.open(journalPath, StandardOpenOption.READ)) {
      ByteBuffer head = ByteBuffer.allocate(8);
      while (head.hasRemaining() && channel.read(head) > 0) {
        // A short read is continued.
      }
      byte[] bytes = new byte[head.position()];
      head.flip().get(bytes);
      return bytes;
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  @Override
  public @Nullable Stamp stamp() throws IOException {
    return stampOf(databasePath);
  }

  @Override
  public @Nullable Stamp indexStamp() throws IOException {
    Opened opened = index;
    try {
      BasicFileAttributes a = Files.readAttributes(indexPath, BasicFileAttributes.class);
      return opened != null && opened.identity().equals(a.fileKey()) ? stamp(a) : null;
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  @Override
  public @Nullable Stamp directoryStamp() throws IOException {
    return stampOf(directory);
  }

  @Override
  public void close() {
    close(database);
    close(log);
    close(index);
    database = null;
    log = null;
    index = null;
  }

  private static void close(@Nullable Opened opened) {
    if (opened == null) {
      return;
    }
    try {
      opened.channel().close();
    } catch (IOException e) {
      // Nothing was written, so nothing can be lost; the descriptor is gone either way.
      throw new java.io.UncheckedIOException(e);
    }
  }
}
