package io.wardbell.hub;

import io.wardbell.config.Range;
import io.wardbell.config.Setting;

/// The limits of the hub. Each is there so that no client and no address can use up the process.
public record HubConfig(
    @Setting(
            value = "WARDBELL_CONNECTIONS",
            doc = "WebSocket connections in all, 1 to 1,000,000. Mind the limit of open files.",
            fallback = "20000")
        int connectionsMax,
    @Setting(
            value = "WARDBELL_CONNECTIONS_PER_USER",
            doc = "Connections of one account, 1 to 10,000. One more closes the oldest.",
            fallback = "100")
        int connectionsPerUserMax,
    @Setting(
            value = "WARDBELL_CONNECTIONS_PER_ADDRESS",
            doc = "Connections from one client address, or one IPv6 network (/64), 1 to 1,000,000.",
            fallback = "2000")
        int connectionsPerAddressMax,
    @Setting(
            value = "WARDBELL_ANONYMOUS_PER_ADDRESS",
            doc =
                "Connections to the anonymous hub from one client address, 1 to 10,000. The vault"
                    + " server's own limit is 25.",
            fallback = "25")
        int anonymousPerAddressMax,
    @Setting(
            value = "WARDBELL_HANDSHAKES",
            doc = "Connections that have not finished their handshake yet, 1 to 100,000.",
            fallback = "2000")
        int handshakesMax,
    @Setting(
            value = "WARDBELL_HANDSHAKE_SECONDS",
            doc = "Time for the handshake, 1 to 120 s.",
            fallback = "15")
        int handshakeSeconds,
    @Setting(
            value = "WARDBELL_INBOUND_BYTES",
            doc =
                "The largest message a client may send, 256 to 1,048,576 bytes. Real ones send less"
                    + " than 200; each connection may keep so much memory.",
            fallback = "4096")
        int inboundBytesMax,
    @Setting(
            value = "WARDBELL_INBOUND_PER_MINUTE",
            doc =
                "WebSocket messages a client may send in a minute, 10 to 100,000. Real ones send four.",
            fallback = "300")
        int inboundPerMinuteMax,
    @Setting(
            value = "WARDBELL_OUTBOX_MESSAGES",
            doc =
                "Messages that wait for one slow client, 32 to 100,000. One more replaces them all"
                    + " by one that tells it to sync.",
            fallback = "256")
        int outboxMessagesMax,
    @Setting(
            value = "WARDBELL_OUTBOX_BYTES",
            doc = "Bytes that wait for one slow client, 4,096 to 16,777,216.",
            fallback = "131072")
        int outboxBytesMax,
    @Setting(
            value = "WARDBELL_SLOW_SECONDS",
            doc = "How long a client may take none of the bytes sent to it, 1 to 600 s.",
            fallback = "30")
        int slowSeconds,
    @Setting(
            value = "WARDBELL_SILENCE_SECONDS",
            doc =
                "How long a client that pings may be silent, 30 to 3,600 s. One that never pinged"
                    + " is never cut for it.",
            fallback = "60")
        int silenceSeconds,
    @Setting(
            value = "WARDBELL_REMEMBERED_USERS",
            doc =
                "Accounts without a connection of which it is remembered what they missed, 0 to"
                    + " 10,000,000.",
            fallback = "100000")
        int rememberedUsersMax,
    @Setting(
            value = "WARDBELL_BURST_MESSAGES",
            doc =
                "Messages about items, folders and Sends that a client gets at once, 1 to 10,000;"
                    + " then one a second. The rest of a burst becomes one that tells it to sync.",
            fallback = "" + HubConfig.BURST_MESSAGES)
        int burstMessagesMax) {
  /// Who shares, moves or deletes a handful sees it at once; ten requests cost a server less than a
  /// sync of a common vault.
  static final int BURST_MESSAGES = 10;

  /// @throws IllegalArgumentException naming the limit that is out of range
  public HubConfig {
    Range.check("WARDBELL_CONNECTIONS", connectionsMax, 1, 1_000_000);
    Range.check("WARDBELL_CONNECTIONS_PER_USER", connectionsPerUserMax, 1, 10_000);
    Range.check("WARDBELL_CONNECTIONS_PER_ADDRESS", connectionsPerAddressMax, 1, 1_000_000);
    Range.check("WARDBELL_ANONYMOUS_PER_ADDRESS", anonymousPerAddressMax, 1, 10_000);
    Range.check("WARDBELL_HANDSHAKES", handshakesMax, 1, 100_000);
    Range.check("WARDBELL_HANDSHAKE_SECONDS", handshakeSeconds, 1, 120);
    Range.check("WARDBELL_INBOUND_BYTES", inboundBytesMax, 256, 1_048_576);
    Range.check("WARDBELL_INBOUND_PER_MINUTE", inboundPerMinuteMax, 10, 100_000);
    Range.check("WARDBELL_OUTBOX_MESSAGES", outboxMessagesMax, 32, 100_000);
    Range.check("WARDBELL_OUTBOX_BYTES", outboxBytesMax, 4_096, 16_777_216);
    Range.check("WARDBELL_SLOW_SECONDS", slowSeconds, 1, 600);
    Range.check("WARDBELL_SILENCE_SECONDS", silenceSeconds, 30, 3_600);
    Range.check("WARDBELL_REMEMBERED_USERS", rememberedUsersMax, 0, 10_000_000);
    Range.check("WARDBELL_BURST_MESSAGES", burstMessagesMax, 1, 10_000);
  }
}
