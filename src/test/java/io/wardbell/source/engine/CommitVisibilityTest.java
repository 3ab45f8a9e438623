package io.wardbell.source.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// `txid_current_snapshot()` is `xmin:xmax:running`, each with 64 bits; the log has the lower 32.
class CommitVisibilityTest {
  @Test
  void aTransactionThatEndedBeforeTheSnapshotIsVisible() {
    assertThat(CommitVisibility.isVisible(99, "100:100:")).isTrue();
  }

  @Test
  void aTransactionThatStillRunsIsNot() {
    assertThat(CommitVisibility.isVisible(101, "100:105:101,103")).isFalse();
    assertThat(CommitVisibility.isVisible(103, "100:105:101,103")).isFalse();
    assertThat(CommitVisibility.isVisible(102, "100:105:101,103")).isTrue();
  }

  @Test
  void aTransactionThatBeganAfterTheSnapshotIsNot() {
    assertThat(CommitVisibility.isVisible(105, "100:105:")).isFalse();
  }

  @Test
  void transactionIdsWrapAround() {
    long epoch = 3L << 32;
    String snapshot = (epoch + 5) + ":" + (epoch + 7) + ":" + (epoch + 6);
    assertThat(CommitVisibility.isVisible(6, snapshot)).isFalse();
    assertThat(CommitVisibility.isVisible(4, snapshot)).isTrue();
    assertThat(CommitVisibility.isVisible(0xffff_fff0L, snapshot)).isTrue();
    assertThat(CommitVisibility.isVisible(3, ((4L << 32) - 5) + ":" + ((4L << 32) - 2) + ":"))
        .isFalse();
  }
}
