package io.wardbell.hub.signalr;

import java.time.Instant;
import java.util.List;
import java.util.SequencedMap;

/// What an argument of a hub message can hold, in no protocol's words. Immutable as far as the
/// collections given to it are.
public sealed interface Value {
  /// Absent: `nil` or `null`. The key is written all the same.
  record Nil() implements Value {}

  /// A whole number, written in the shortest form: some clients take a positive fixint only.
  record Whole(int number) implements Value {}

  /// A text.
  record Text(String text) implements Value {}

  /// An instant. MessagePack: always timestamp 64 (`d7 ff`), the one form that every client's
  /// library since 2018 reads. JSON: ISO 8601 in UTC.
  record Date(Instant instant) implements Value {}

  /// A list.
  record Items(List<Value> items) implements Value {}

  /// A map with its keys in the order given.
  record Fields(SequencedMap<String, Value> fields) implements Value {}
}
