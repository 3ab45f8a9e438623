package io.wardbell.ops;

/// Log that the database keeps for Wardbell.
///
/// @param name of the replication slot
/// @param bytesMax more than this is let go
public record Held(String name, long bytes, long bytesMax) {}
