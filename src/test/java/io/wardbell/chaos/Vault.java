package io.wardbell.chaos;

import io.wardbell.demo.VaultServer;
import io.wardbell.sim.ServerView;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// The vault server of the play: it writes, and answers clients, whenever its database is there.
final class Vault implements AutoCloseable {
  /// What may fail because of the database.
  interface Work<T> {
    T on(VaultServer server, Connection connection) throws SQLException;
  }

  /// What is done while nobody has the database open.
  interface Away {
    void act() throws Exception;
  }

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Target target;
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
  private final Object writing = new Object();
  private final Object reading = new Object();
  private @Nullable Connection writer;
  private @Nullable VaultServer server;
  private @Nullable Connection reader;
  private ServerView.@Nullable Reader views;

  Vault(Target target) {
    this.target = target;
  }

  /// Writes. A request of a server that loses its database ends in the middle.
  <T> T write(Work<T> work) throws SQLException {
    gate.readLock().lock();
    try {
      synchronized (writing) {
        Connection connection = writer;
        VaultServer now = server;
        if (connection == null || now == null) {
          connection = target.connect();
          now = VaultServer.on(connection);
          writer = connection;
          server = now;
        }
        try {
          return work.on(now, connection);
        } catch (SQLException e) {
          if (!isValid(connection)) {
            close(connection);
            writer = null;
          }
          throw e;
        }
      }
    } finally {
      gate.readLock().unlock();
    }
  }

  /// What the server would answer as of now; waits until the database is there.
  ServerView view() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return tryView();
      } catch (SQLException e) {
        if (System.nanoTime() > end) {
          throw new AssertionError("the database does not come back", e);
        }
        Pause.millis(50);
      }
    }
  }

  private ServerView tryView() throws SQLException {
    gate.readLock().lock();
    try {
      synchronized (reading) {
        ServerView.Reader now = views;
        if (now == null) {
          Connection connection = target.connect();
          reader = connection;
          now = new ServerView.Reader(connection);
          views = now;
        }
        try {
          return now.read();
        } catch (SQLException e) {
          views = null;
          close(reader);
          throw e;
        }
      }
    } finally {
      gate.readLock().unlock();
    }
  }

  /// Does something while no connection of the server's is open.
  void whileClosed(Away away) throws Exception {
    gate.writeLock().lock();
    try {
      disconnect();
      away.act();
    } finally {
      gate.writeLock().unlock();
    }
  }

  private void disconnect() {
    close(writer);
    close(reader);
    writer = null;
    reader = null;
    views = null;
  }

  private static boolean isValid(Connection connection) {
    try {
      return connection.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void close(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        Thread.onSpinWait(); // Broken: so be it.
      }
    }
  }

  @Override
  public void close() {
    disconnect();
  }
}
