package io.wardbell.vault;

import java.util.List;

/// What a snapshot showed to be different from the model, after which the model is equal to it.
///
/// @param first whether there was no model before: there is nothing to tell
/// @param overwhelmed whether there were more differences than are kept; then `changes` is empty
///   and everybody has to sync
public record Reconciliation(
    boolean first, boolean overwhelmed, List<VaultChange> changes, List<Settlement> settlements) {}
