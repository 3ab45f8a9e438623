package io.wardbell.hub;

import io.wardbell.id.Id;
import io.wardbell.notification.UpdateType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// What a client was told about items, folders and Sends while it may have been reading a sync,
/// whose answer may undo what it did. Told once more it does no harm: clients compare what they
/// have. The governor's, under its lock, but for [#isEmpty]; it takes care of how many.
final class Repeats {
  private record Key(@Nullable Id<?> thing, UpdateType type) {}

  private final SequencedMap<Key, Message> messages = new LinkedHashMap<>(0);
  private volatile boolean empty = true;

  /// Notes a message; of several of one type about one thing the last. Neither a deletion nor what
  /// came before one is told once more when the thing is there, or gone, again.
  void add(Message message) {
    Key key = new Key(message.thing(), message.type());
    boolean deletion = isDeletion(key.type());
    messages
        .keySet()
        .removeIf(known ->
            Objects.equals(known.thing(), key.thing()) && deletion != isDeletion(known.type()));
    messages.remove(key);
    messages.put(key, message);
    empty = false;
  }

  int size() {
    return messages.size();
  }

  private static boolean isDeletion(UpdateType type) {
    return type == UpdateType.SYNC_LOGIN_DELETE
        || type == UpdateType.SYNC_FOLDER_DELETE
        || type == UpdateType.SYNC_SEND_DELETE;
  }

  /// All of them, and forgets them.
  List<Message> take() {
    List<Message> all = List.copyOf(messages.values());
    clear();
    return all;
  }

  /// Any thread.
  boolean isEmpty() {
    return empty;
  }

  void clear() {
    messages.clear();
    empty = true;
  }
}
