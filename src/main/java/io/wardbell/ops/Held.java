package io.wardbell.ops;

/// Log that the database keeps for Wardbell.
///
/// @param name of the replication slot
/// @param bytesMax the server's cap; negative for none
public record Held(String name, long bytes, long bytesMax) {}
