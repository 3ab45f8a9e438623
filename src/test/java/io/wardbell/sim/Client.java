package io.wardbell.sim;

import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One device of one user. Does with each message what the client of its kind does, to the letter
/// (`default-server-notifications.service.ts`, `core-sync.service.ts`, `default-sync.service.ts` of
/// bitwarden/clients; rbw-agent; Keyguard).
final class Client {
  /// The kinds, by what they do.
  enum Kind {
    /// 2025 and later.
    MODERN,
    /// 2020 to 2024: knows no type 17.
    OLD,
    /// Any message but a log-out makes it sync.
    RBW,
    /// Like rbw, but for login requests and the notification centre.
    KEYGUARD
  }

  final String name;
  final String user;
  final Kind kind;

  /// How far its clock is ahead.
  final long skewMillis;

  private final Timeline time;
  private final Server server;
  private Copy copy = new Copy();
  private Instant lastSync;
  private boolean loggedIn;
  private int logins;
  private List<Runnable> inFlight;
  private boolean syncAgain;
  int syncs;
  int requests;

  Client(String name, String user, Kind kind, long skewMillis, Timeline time, Server server) {
    this.name = name;
    this.user = user;
    this.kind = kind;
    this.skewMillis = skewMillis;
    this.time = time;
    this.server = server;
  }

  Copy copy() {
    return copy;
  }

  boolean loggedIn() {
    return loggedIn;
  }

  /// The stamp in its token.
  String stamp() {
    return copy.stamp;
  }

  /// A login, and the full sync that it begins.
  void logIn() {
    time.tell("      " + name + " logs in");
    loggedIn = true;
    logins++;
    copy = new Copy();
    copy.stamp = server.sync(user).stamp;
    lastSync = null;
    inFlight = null;
    syncAgain = false;
    sync(clock());
  }

  void logOut() {
    time.tell("      " + name + " is logged out");
    loggedIn = false;
  }

  private Instant clock() {
    return time.now().plusMillis(skewMillis);
  }

  // ---- requests: there, read, and back ----

  private <T> void request(Supplier<T> read, Consumer<T> answer) {
    requests++;
    int login = logins;
    boolean slow = time.once(50);
    time.in(
        slow ? time.between(200, 1_000) : time.between(2, 120),
        () -> {
          T got = read.get();
          time.in(
              slow ? time.between(200, 3_000) : time.between(2, 120),
              () -> {
                if (loggedIn && login == logins) {
                  answer.accept(got);
                }
              });
        });
  }

  /// The answer to its own write, as the server composes it.
  void wrote(String item) {
    Copy.Item now = server.cipher(user, item);
    if (now != null) {
      time.in(
          time.between(2, 60),
          () -> {
            if (loggedIn) {
              time.tell("      " + name + " gets the answer to its write of " + item);
              copy.items.put(item, now);
            }
          });
    }
  }

  // ---- syncs ----

  /// `fullSync(force)`: with concurrent calls sharing the one in flight.
  void fullSync(boolean force) {
    Instant began = clock();
    if (force || lastSync == null) {
      sync(began);
      return;
    }
    request(
        () -> java.util.Optional.ofNullable(server.revisionDate(user)),
        date -> {
          if (date.isEmpty()) {
            logOut(); // A negative date: the account is gone.
          } else if (date.get().isAfter(lastSync)) {
            sync(began);
          } else {
            time.tell("      " + name + " finds that nothing changed");
            lastSync = began;
          }
        });
  }

  private void sync(Instant began) {
    if (inFlight != null) {
      time.tell("      " + name + " shares the sync that is under way");
      inFlight.add(() -> lastSync = began);
      return;
    }
    syncs++;
    time.tell("      " + name + " syncs");
    List<Runnable> waiting = new ArrayList<>();
    inFlight = waiting;
    request(
        () -> {
          time.tell("      " + name + "'s sync is read");
          return server.sync(user);
        },
        got -> {
          inFlight = null;
          if (!got.stamp.equals(copy.stamp)) {
            logOut();
            return;
          }
          time.tell("      " + name + "'s sync arrives");
          copy = got;
          lastSync = began;
          waiting.forEach(Runnable::run);
          if (syncAgain) {
            syncAgain = false;
            sync(clock());
          }
        });
  }

  /// As rbw: one after another.
  private void plainSync() {
    if (inFlight != null) {
      syncAgain = true;
    } else {
      sync(clock());
    }
  }

  // ---- messages ----

  void receive(Notification message) {
    if (!loggedIn) {
      return;
    }
    if (message.type() == UpdateType.LOG_OUT) {
      logOut();
      return;
    }
    switch (kind) {
      case MODERN, OLD -> official(message);
      case RBW -> plainSync();
      case KEYGUARD -> {
        if (message.type() != UpdateType.AUTH_REQUEST
            && message.type() != UpdateType.AUTH_REQUEST_RESPONSE) {
          plainSync();
        }
      }
    }
  }

  private void official(Notification message) {
    switch (message) {
      case Notification.OfCipher cipher -> {
        if (cipher.userId() == null || cipher.userId().toString().equals(user)) {
          cipher(cipher);
        }
      }
      case Notification.OfFolder(var type, var id, var owner, var date) -> {
        if (owner.toString().equals(user)) {
          switch (type) {
            case SYNC_FOLDER_CREATE -> thing(id.toString(), false, null);
            case SYNC_FOLDER_UPDATE -> thing(id.toString(), false, date);
            default -> copy.deleteFolder(id.toString());
          }
        }
      }
      case Notification.OfSend(var type, var id, var owner, var date) -> {
        if (owner.toString().equals(user)) {
          switch (type) {
            case SYNC_SEND_CREATE -> thing(id.toString(), true, null);
            case SYNC_SEND_UPDATE -> thing(id.toString(), true, date);
            default -> copy.sends.remove(id.toString());
          }
        }
      }
      case Notification.OfAccount account -> {
        if (account.type() == UpdateType.SYNC_ORGANIZATIONS) {
          if (kind == Kind.MODERN) {
            fullSync(true);
          }
        } else {
          fullSync(false);
        }
      }
      case Notification.OfAuthRequest _ -> {
        // Asks for the pending requests; nothing is kept.
      }
    }
  }

  private void cipher(Notification.OfCipher message) {
    String id = message.id().toString();
    Copy.Item local = copy.items.get(id);
    if (message.type() == UpdateType.SYNC_LOGIN_DELETE) {
      copy.items.remove(id);
      return;
    }
    if (local != null && !Copy.isNewer(message.revisionDate(), local.date())) {
      time.tell("      " + name + " has " + id + " already");
      return;
    }
    boolean update = message.type() == UpdateType.SYNC_CIPHER_UPDATE;
    if (update == (local == null)) {
      time.tell("      " + name + " ignores " + (update ? "an update of " : "a create of ") + id);
      return;
    }
    request(
        () -> {
          time.tell("      " + name + "'s request for " + id + " is read");
          return java.util.Optional.ofNullable(server.cipher(user, id));
        },
        got -> {
          time.tell("      " + name + " gets " + (got.isPresent() ? id : "400 for " + id));
          got.ifPresent(item -> copy.items.put(id, item));
        });
  }

  private void thing(String id, boolean send, Instant newerThan) {
    java.util.Map<String, Copy.Thing> things = send ? copy.sends : copy.folders;
    Copy.Thing local = things.get(id);
    boolean fetch =
        newerThan == null ? local == null : local != null && Copy.isNewer(newerThan, local.date());
    if (fetch) {
      request(
          () -> java.util.Optional.ofNullable(server.folder(user, id, send)),
          got -> got.ifPresent(thing -> (send ? copy.sends : copy.folders).put(id, thing)));
    }
  }
}
