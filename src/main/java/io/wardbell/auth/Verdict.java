package io.wardbell.auth;

/// What became of a token.
public sealed interface Verdict permits Principal, Refusal {}
