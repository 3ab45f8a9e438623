package io.wardbell.ops;

/// Something bounded, and how full it is.
///
/// @param name for people
public record Usage(String name, long used, long max) {}
