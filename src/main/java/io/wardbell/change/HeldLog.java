package io.wardbell.change;

/// Log that a database server keeps because a source has not confirmed it.
///
/// @param name what holds it, a replication slot's name
/// @param bytes how much
/// @param bytesMax the server's cap, after which it drops the source; negative for none
public record HeldLog(String name, long bytes, long bytesMax) {}
