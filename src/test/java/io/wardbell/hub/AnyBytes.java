package io.wardbell.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wardbell.auth.Principal;
import io.wardbell.hub.signalr.BadMessageException;
import io.wardbell.hub.signalr.ClientMessage;
import io.wardbell.hub.signalr.Handshake;
import io.wardbell.hub.signalr.Protocol;
import io.wardbell.id.Id;
import io.wardbell.id.StampHash;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// What must hold for any bytes that a client sends: they end in messages, a refusal or a close,
/// and cost memory in proportion to their number.
final class AnyBytes {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long ALLOCATED_BASE = 1L << 20;

  private static final long ALLOCATED_PER_BYTE = 2_000;
  private final TestHub hub = new TestHub();

  private static void bounded(byte[] data, Runnable use) {
    if (allocated(use) > ALLOCATED_BASE + ALLOCATED_PER_BYTE * data.length) {
      // The first use loads classes, which a fuzzer rewrites; the same again does not.
      assertThat(allocated(use))
          .as("bytes allocated for %d", data.length)
          .isLessThan(ALLOCATED_BASE + ALLOCATED_PER_BYTE * data.length);
    }
  }

  private static long allocated(Runnable use) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    use.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  void handshake(byte[] data) {
    bounded(
        data,
        () -> {
          switch (Handshake.read(data)) {
            case Handshake.Accepted(Protocol _, byte[] rest) ->
                assertThat(rest.length).isLessThan(data.length);
            case Handshake.Refused refused -> {
              assertThat(refused.error()).matches("[ -~]{1,120}");
              assertThat(refused.answer()).endsWith(0x1e);
            }
          }
        });
  }

  void messages(Protocol protocol, byte[] data) {
    bounded(
        data,
        () -> {
          try {
            List<ClientMessage> messages = protocol.decode(data);
            assertThat(messages.size()).isLessThanOrEqualTo(data.length);
          } catch (BadMessageException e) {
            assertThat(e.getMessage()).matches("[ -~]{1,120}");
          }
        });
  }

  /// A connection that says this, a frame for each piece: the first byte of a piece says how long
  /// it is, and whether it is text.
  void session(byte[] data) {
    bounded(data, () -> connection(data));
  }

  private void connection(byte[] data) {
    hub.clock.advance(Duration.ofMinutes(1)); // Each conversation's change is no burst's.
    Caller caller =
        new Caller.Account(
            new Principal(Id.of(TestHub.ANN), StampHash.of("stamp"), "device", hub.clock.now()));
    Admission admission = hub.hub.admit(caller, "192.0.2.1");
    assertThat(admission).isInstanceOf(Admission.Ticket.class);
    FakeTransport transport = new FakeTransport();
    Link link = hub.hub.open((Admission.Ticket) admission, transport);
    int at = 0;
    while (at < data.length) {
      int head = data[at++] & 0xff;
      int end = Math.min(data.length, at + (head & 0x7f));
      link.received(Arrays.copyOfRange(data, at, end), head > 0x7f);
      transport.run();
      at = end;
    }
    hub.tellItem(TestHub.ANN);
    transport.run();
    boolean ended = transport.closeCode != null || transport.aborted;
    boolean shookHands =
        !transport.sent.isEmpty() && Arrays.equals(transport.sent.getFirst(), Wire.hex(Wire.OK));
    if (!ended && shookHands) {
      assertThat(transport.sent.size()).as("is told what changes").isGreaterThan(1);
    }
    link.closed(false);
    assertThat(hub.hub.sessions()).isZero();
  }
}
