package io.wardbell.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/// PostgreSQL's own reader of its log, from the package `postgresql-client`.
final class ReceiveLogical implements Listener {
  private static final int ID_LENGTH = 36;

  private final Arrivals arrivals = new Arrivals();
  private final Subject subject;
  private final Process process;

  ReceiveLogical(Subject subject) throws IOException, SQLException {
    this.subject = subject;
    subject.execute("SELECT pg_create_logical_replication_slot('floor', 'pgoutput')");
    ProcessBuilder builder =
        new ProcessBuilder(
                "pg_recvlogical",
                "--dbname=postgresql://bench:bench@127.0.0.1:" + subject.port() + "/vault",
                "--slot=floor",
                "--start",
                "--no-loop",
                "--option=proto_version=1",
                "--option=publication_names=wardbell",
                "--file=-")
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    process = builder.start();
    Thread.ofPlatform().daemon().name("pg_recvlogical").start(this::read);
  }

  /// An id may come in two pieces.
  private void read() {
    byte[] bytes = new byte[64 * 1024];
    String rest = "";
    try (InputStream in = process.getInputStream()) {
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        long now = System.nanoTime();
        String text = rest + new String(bytes, 0, n, StandardCharsets.ISO_8859_1);
        arrivals.heard(now, text);
        rest = text.substring(Math.max(0, text.length() - ID_LENGTH));
      }
    } catch (IOException e) {
      arrivals.end(); // It was closed.
    }
    arrivals.end();
  }

  @Override
  public Arrivals arrivals() {
    return arrivals;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    process.onExit().join();
    subject.dropSlot("floor");
  }
}
