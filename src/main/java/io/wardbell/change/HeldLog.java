package io.wardbell.change;

/// Log that a database server keeps because a source has not confirmed it.
///
/// @param name what holds it, a replication slot's name
/// @param bytes how much
/// @param bytesMax more than this is let go, by the source or by the server
public record HeldLog(String name, long bytes, long bytesMax) {}
