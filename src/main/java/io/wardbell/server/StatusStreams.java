package io.wardbell.server;

import io.undertow.server.handlers.sse.ServerSentEventConnection;
import io.wardbell.observe.Clock;
import io.wardbell.ops.StatusBoard;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Those who look at the status page: each second the newest state, by server-sent events. The
/// thread that makes it lives for as long as somebody looks.
final class StatusStreams implements AutoCloseable {
  private static final int STREAMS_MAX = 8;
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final long SLOW_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long FREE = Long.MIN_VALUE;

  private final StatusBoard board;
  private final Clock clock;

  /// Each stream, and when what it is being sent was begun; [#FREE] if it took all.
  private final Map<ServerSentEventConnection, Long> streams = new HashMap<>();

  private int admitted;
  private @Nullable Thread thread;
  private boolean hurry; // somebody came, who should not wait
  private boolean closed;

  StatusStreams(StatusBoard board, Clock clock) {
    this.board = board;
    this.clock = clock;
  }

  /// Takes a place, which [#leave] or the stream's end gives back.
  ///
  /// @return false if there is none
  synchronized boolean admit() {
    if (closed || admitted >= STREAMS_MAX) {
      return false;
    }
    admitted++;
    return true;
  }

  synchronized void leave() {
    admitted--;
  }

  /// Begins to send.
  synchronized void add(ServerSentEventConnection stream) {
    streams.put(stream, FREE);
    stream.addCloseTask(this::gone);
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("status").start(this::tell);
    } else {
      hurry = true;
      notifyAll();
    }
  }

  private synchronized void gone(ServerSentEventConnection stream) {
    streams.remove(stream);
  }

  private void tell() {
    try {
      while (anybody()) {
        String state = board.json();
        send(state);
        pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed.
    }
  }

  private synchronized boolean anybody() {
    if (streams.isEmpty() || closed) {
      thread = null;
      return false;
    }
    return true;
  }

  private synchronized void pause() throws InterruptedException {
    long end = clock.nanoTime() + EVERY.toNanos();
    long left = EVERY.toNanos();
    while (left > 0 && !hurry && !closed) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - clock.nanoTime();
    }
    hurry = false;
  }

  private synchronized void send(String state) {
    long now = clock.nanoTime();
    Iterator<Map.Entry<ServerSentEventConnection, Long>> all = streams.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<ServerSentEventConnection, Long> entry = all.next();
      ServerSentEventConnection stream = entry.getKey();
      if (entry.getValue() == FREE) {
        entry.setValue(now);
        stream.send(state, new Taken());
      } else if (now - entry.getValue() > SLOW_NANOS) {
        all.remove();
        stream.shutdown();
      }
    }
  }

  private synchronized void taken(ServerSentEventConnection stream) {
    streams.computeIfPresent(stream, (_, _) -> FREE);
  }

  /// What becomes of one state that is sent to one stream.
  private final class Taken implements ServerSentEventConnection.EventCallback {
    @Override
    public void done(
        ServerSentEventConnection stream,
        @Nullable String data,
        @Nullable String event,
        @Nullable String id) {
      taken(stream);
    }

    @Override
    public void failed(
        ServerSentEventConnection stream,
        @Nullable String data,
        @Nullable String event,
        @Nullable String id,
        IOException e) {
      gone(stream);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
