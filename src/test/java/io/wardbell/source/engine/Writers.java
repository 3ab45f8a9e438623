package io.wardbell.source.engine;

import io.wardbell.demo.TestBinlogServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// Sessions that write Sends and items without a pause, each to rows of its own. Every write of a
/// row carries a number higher than any before: a Send in `access_count`, an item in `updated_at`.
final class Writers implements AutoCloseable {
  private static final int SESSIONS = 4;
  private static final int ROWS = 200;

  private final TestBinlogServer server;
  private final long seed;
  private final AtomicLong number = new AtomicLong();
  private final AtomicLong commits = new AtomicLong();
  private final Semaphore running = new Semaphore(SESSIONS, true);
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<Thread> threads;
  private volatile boolean closed;

  Writers(TestBinlogServer server, long seed) {
    this.server = server;
    this.seed = seed;
    threads =
        IntStream.range(0, SESSIONS)
            .mapToObj(i -> Thread.ofPlatform().daemon().name("writer-" + i).start(() -> write(i)))
            .toList();
  }

  long commits() {
    return commits.get();
  }

  List<Throwable> failures() {
    return failures;
  }

  /// Returns when no statement is under way.
  void pause() throws InterruptedException {
    running.acquire(SESSIONS);
  }

  void resume() {
    running.release(SESSIONS);
  }

  private void write(int session) {
    Random random = new Random(seed + session);
    Set<UUID> sends = new HashSet<>();
    Set<UUID> items = new HashSet<>();
    try (Connection c = server.connect();
        Session statements = new Session(c)) {
      while (!closed) {
        running.acquire();
        try {
          boolean send = random.nextBoolean();
          UUID row =
              new UUID(
                  (send ? 0x4100L : 0x4000L) + session,
                  0x8000_0000_0000_0000L | random.nextInt(ROWS));
          if (send) {
            statements.send(row, sends, random.nextInt(5), number.incrementAndGet());
          } else {
            statements.item(row, items, random.nextInt(5), number.incrementAndGet());
          }
          commits.incrementAndGet();
        } finally {
          running.release();
        }
        TimeUnit.MICROSECONDS.sleep(random.nextInt(4_000));
      }
    } catch (SQLException | InterruptedException e) {
      failures.add(e);
    }
  }

  /// One session's statements, in the server's manner.
  private record Session(
      PreparedStatement replaceSend,
      PreparedStatement updateSend,
      PreparedStatement deleteSend,
      PreparedStatement replaceItem,
      PreparedStatement updateItem,
      PreparedStatement deleteItem)
      implements AutoCloseable {
    Session(Connection c) throws SQLException {
      this(
          c.prepareStatement(
              """
              REPLACE INTO sends (access_count, uuid, name, atype, data, akey, creation_date,
                revision_date, deletion_date, disabled) VALUES (?, ?, '', 0, '', '',
                '2020-01-01', '2020-01-01', '2020-01-01', 0)
              """),
          c.prepareStatement("UPDATE sends SET access_count = ? WHERE uuid = ?"),
          c.prepareStatement("DELETE FROM sends WHERE uuid = ?"),
          c.prepareStatement(
              """
              REPLACE INTO ciphers (updated_at, uuid, created_at, atype, name, data)
                VALUES (?, ?, '2020-01-01', 1, '', '{}')
              """),
          c.prepareStatement("UPDATE ciphers SET updated_at = ? WHERE uuid = ?"),
          c.prepareStatement("DELETE FROM ciphers WHERE uuid = ?"));
    }

    void send(UUID row, Set<UUID> there, int choice, long number) throws SQLException {
      if (there.contains(row) && choice == 0) {
        there.remove(row);
        deleteSend.setString(1, row.toString());
        deleteSend.executeUpdate();
        return;
      }
      PreparedStatement write = there.add(row) || choice > 2 ? replaceSend : updateSend;
      write.setLong(1, number);
      write.setString(2, row.toString());
      write.executeUpdate();
    }

    void item(UUID row, Set<UUID> there, int choice, long number) throws SQLException {
      if (there.contains(row) && choice == 0) {
        there.remove(row);
        deleteItem.setString(1, row.toString());
        deleteItem.executeUpdate();
        return;
      }
      PreparedStatement write = there.add(row) || choice > 2 ? replaceItem : updateItem;
      write.setTimestamp(1, new Timestamp(number * 1000));
      write.setString(2, row.toString());
      write.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
      for (Statement statement :
          List.of(replaceSend, updateSend, deleteSend, replaceItem, updateItem, deleteItem)) {
        statement.close();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt); // They may be paused.
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
