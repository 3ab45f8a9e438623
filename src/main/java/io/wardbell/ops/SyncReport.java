package io.wardbell.ops;

import org.jspecify.annotations.Nullable;

/// Whether clients hear of changes right now.
///
/// @param synced whether the log is read, without a gap and without a fault
/// @param state in one word, from a closed set
/// @param why what is missing and what mends it, for people; null if it is synced
public record SyncReport(boolean synced, String state, @Nullable String why) {}
