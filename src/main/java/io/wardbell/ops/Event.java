package io.wardbell.ops;

import java.time.Instant;

/// Something that happened, for people.
///
/// @param what a table and what became of the row, or a notification's type
/// @param id shortened
/// @param to who was told; empty for a change
public record Event(Instant at, String what, String id, String to) {
  private static final int ID_LENGTH = 8;

  /// As much of an id as tells it from its neighbours. A whole one of an item, with a token, is
  /// what a request to the vault server is made of.
  public static String shortened(String id) {
    return id.length() <= ID_LENGTH ? id : id.substring(0, ID_LENGTH) + "…";
  }
}
