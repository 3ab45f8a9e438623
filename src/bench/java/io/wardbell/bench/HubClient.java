package io.wardbell.bench;

import io.wardbell.server.LoadClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A client of the hub on a thread of its own.
final class HubClient implements LoadClient.Ear, AutoCloseable {
  private static final Duration PING_EVERY = Duration.ofSeconds(10);

  private final Arrivals arrivals = new Arrivals();
  private final CountDownLatch open = new CountDownLatch(1);
  private final Selector selector = Selector.open();
  private final LoadClient client;
  private final Thread thread;

  HubClient(int port, String token) throws IOException, InterruptedException {
    client =
        new LoadClient(selector, port, "/notifications/hub?access_token=" + token, false, this);
    thread = Thread.ofPlatform().daemon().name("client").start(this::run);
    if (!open.await(10, TimeUnit.SECONDS)) {
      throw new IOException("the hub did not let the client in");
    }
  }

  private void run() {
    try {
      long pingAt = System.nanoTime();
      while (selector.isOpen() && !Thread.interrupted()) {
        selector.select(key -> client.ready(), PING_EVERY.toMillis());
        if (System.nanoTime() - pingAt > 0) {
          client.ping();
          pingAt = System.nanoTime() + PING_EVERY.toNanos();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Arrivals arrivals() {
    return arrivals;
  }

  @Override
  public void opened() {
    open.countDown();
  }

  @Override
  public void heard(ByteBuffer message) {
    long now = System.nanoTime();
    arrivals.heard(now, StandardCharsets.ISO_8859_1.decode(message).toString());
  }

  @Override
  public void ended(String why) {
    arrivals.end();
  }

  @Override
  public void close() throws IOException {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    selector.close();
  }
}
