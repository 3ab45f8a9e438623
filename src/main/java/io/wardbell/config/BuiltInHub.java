package io.wardbell.config;

import java.util.Optional;

/// Whether the vault server serves a hub of its own.
///
/// @param enabled empty if this process was not told; the server's own fallback is true
public record BuiltInHub(
    @Setting(
            value = "ENABLE_WEBSOCKET",
            doc =
                "The vault server's own switch for its built-in hub, which should be false. Only"
                    + " `wardbell doctor` looks at it; it never turns Wardbell off.")
        Optional<Boolean> enabled) {}
