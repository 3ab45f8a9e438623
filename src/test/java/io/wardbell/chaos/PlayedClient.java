package io.wardbell.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.wardbell.Tokens;
import io.wardbell.sim.Copy;
import io.wardbell.sim.ServerView;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// One device of one user, which does with each message what Bitwarden's clients of 2025 and later
/// do (`default-server-notifications.service.ts`, `default-sync.service.ts` of bitwarden/clients),
/// over a real connection and with answers out of the real database.
///
/// Two things are made easier for it: it connects again after a second and not after minutes, and a
/// request that the server cannot answer, because its database is away, waits until it can.
final class PlayedClient implements AutoCloseable {
  private static final int PING_MILLIS = 10_000;

  final String name;
  final String user;
  private final Vault vault;
  private final Tokens tokens;
  private final IntSupplier port;
  private final Story story;

  private Copy copy = new Copy();
  private Instant lastSync = Instant.MIN;
  private @Nullable HubSocket socket;
  private @Nullable List<Runnable> inFlight;
  private int session;
  private int connection;
  private int busy;
  private volatile boolean closed;
  int syncs;
  int requests;
  int messages;
  int logOuts;

  /// @param port where the hub is now: behind a load balancer it may be another each time
  PlayedClient(
      String name, String user, Vault vault, Tokens tokens, IntSupplier port, Story story) {
    this.name = name;
    this.user = user;
    this.vault = vault;
    this.tokens = tokens;
    this.port = port;
    this.story = story;
  }

  /// Logs in, syncs, and keeps a connection from now on.
  void start() {
    logIn();
    Thread.ofVirtual().name(name).start(this::keepConnected);
  }

  synchronized boolean isConnected() {
    return socket != null;
  }

  /// How its copy differs from what the server would show it; empty if it does not.
  synchronized Map<String, String> differences(ServerView view) {
    Map<String, String> found = copy.differences(view.sync(user), false);
    if (!copy.stamp.equals(view.sync(user).stamp)) {
      found.put(user, "has not been logged out");
    }
    return found;
  }

  /// A login and its sync, without delay.
  void logIn() {
    ServerView view = vault.view();
    synchronized (this) {
      session++;
      lastSync = Instant.now();
      copy = view.sync(user);
      inFlight = null;
      story.tell("%s logs in", name);
    }
  }

  // ---- the connection ----

  private void keepConnected() {
    long nextPing = 0;
    while (!closed) {
      HubSocket open;
      synchronized (this) {
        open = socket;
      }
      if (open == null) {
        connect();
        nextPing = System.currentTimeMillis() + PING_MILLIS;
      } else if (System.currentTimeMillis() > nextPing) {
        open.ping();
        nextPing = System.currentTimeMillis() + PING_MILLIS;
      }
      Pause.millis(ThreadLocalRandom.current().nextInt(100, 700));
    }
  }

  private void connect() {
    int number;
    String stamp;
    synchronized (this) {
      number = ++connection;
      stamp = copy.stamp;
    }
    try {
      HubSocket opened =
          HubSocket.open(
              port.getAsInt(),
              tokens.login(user, name, stamp),
              argument -> receive(argument, number),
              () -> ended(number));
      synchronized (this) {
        if (number != connection || closed) {
          opened.close();
        } else {
          socket = opened;
          story.tell("%s is connected", name);
        }
      }
    } catch (IOException e) {
      Thread.onSpinWait(); // Later.
    }
  }

  private synchronized void ended(int number) {
    if (number == connection) {
      connection++;
      socket = null;
      story.tell("%s is cut off", name);
    }
  }

  private synchronized void disconnect() {
    connection++;
    HubSocket open = socket;
    socket = null;
    if (open != null) {
      open.close();
    }
  }

  // ---- requests: there, read, and back ----

  private <T> void request(Function<ServerView, T> read, Consumer<T> answer) {
    requests++;
    busy++;
    int now = session;
    Thread.ofVirtual()
        .start(() -> {
          Pause.millis(ThreadLocalRandom.current().nextInt(1, 60));
          ServerView view = vault.view();
          T got = read.apply(view);
          Pause.millis(ThreadLocalRandom.current().nextInt(1, 60));
          boolean stale;
          synchronized (this) {
            busy--;
            stale = now == session && !copy.stamp.equals(view.sync(user).stamp);
            if (now == session && !stale) {
              answer.accept(got);
            }
          }
          if (stale) {
            logOut(now); // Its token is refused.
          }
        });
  }

  /// Whether answers are on their way.
  synchronized boolean isBusy() {
    return busy > 0;
  }

  private void logOut(int ofSession) {
    synchronized (this) {
      if (ofSession != session) {
        return;
      }
      session++;
      logOuts++;
      story.tell("%s is logged out", name);
      disconnect();
    }
    if (!closed) {
      logIn(); // The person behind it.
    }
  }

  // ---- syncs ----

  private void fullSync(boolean force) {
    Instant began = Instant.now();
    if (force) {
      sync(began);
      return;
    }
    request(
        this::hasChanged,
        changed -> {
          if (changed) {
            sync(began);
          } else {
            story.tell("%s finds that nothing changed", name);
            lastSync = began;
          }
        });
  }

  private boolean hasChanged(ServerView view) {
    Instant date = view.revisionDate(user);
    return date != null && date.isAfter(lastSync);
  }

  private void sync(Instant began) {
    List<Runnable> sharing = inFlight;
    if (sharing != null) {
      story.tell("%s shares the sync that is under way", name);
      sharing.add(() -> lastSync = began);
      return;
    }
    syncs++;
    story.tell("%s syncs", name);
    List<Runnable> waiting = new ArrayList<>();
    inFlight = waiting;
    request(
        view -> view.sync(user),
        got -> {
          inFlight = null;
          copy = got;
          lastSync = began;
          waiting.forEach(Runnable::run);
          story.tell("%s has synced", name);
        });
  }

  // ---- messages ----

  private void receive(JsonNode message, int number) {
    int type = message.path("Type").asInt();
    JsonNode payload = message.path("Payload");
    int now;
    synchronized (this) {
      messages++;
      now = session;
      if (number != connection || closed) {
        return;
      }
      story.tell("%s is told %d %s", name, type, payload.path("Id").asText());
      switch (type) {
        case 0, 1 -> cipher(type == 0, payload);
        case 2 -> copy.items.remove(payload.path("Id").asText());
        case 3 -> copy.deleteFolder(payload.path("Id").asText());
        case 7, 8 -> thing(payload, false, type == 7);
        case 12, 13 -> thing(payload, true, type == 12);
        case 14 -> copy.sends.remove(payload.path("Id").asText());
        case 4, 5, 10 -> fullSync(false);
        case 17 -> fullSync(true);
        default -> {
          // 11 below; 15 and 16 keep nothing.
        }
      }
    }
    if (type == 11) {
      Thread.ofVirtual().start(() -> logOut(now));
    }
  }

  private void cipher(boolean update, JsonNode payload) {
    String id = payload.path("Id").asText();
    Copy.Item local = copy.items.get(id);
    Instant date = Instant.parse(payload.path("RevisionDate").asText());
    boolean known = local != null && !Copy.isNewer(date, local.date());
    if (known || update == (local == null)) {
      story.tell("%s has no use for that", name);
      return;
    }
    request(
        view -> java.util.Optional.ofNullable(view.cipher(user, id)),
        got -> {
          story.tell("%s gets %s: %s", name, id, got);
          got.ifPresent(item -> copy.items.put(id, item));
        });
  }

  private void thing(JsonNode payload, boolean send, boolean create) {
    String id = payload.path("Id").asText();
    Map<String, Copy.Thing> things = send ? copy.sends : copy.folders;
    Copy.Thing local = things.get(id);
    Instant date = Instant.parse(payload.path("RevisionDate").asText());
    if (create ? local == null : local != null && Copy.isNewer(date, local.date())) {
      request(
          view -> java.util.Optional.ofNullable(view.thing(user, id, send)),
          got -> got.ifPresent(it -> (send ? copy.sends : copy.folders).put(id, it)));
    }
  }

  @Override
  public void close() {
    closed = true;
    disconnect();
  }
}
