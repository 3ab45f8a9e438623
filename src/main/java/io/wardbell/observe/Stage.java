package io.wardbell.observe;

/// The parts of the way from a commit to a client. Exposed as the histograms
/// `wardbell_<name>_seconds`.
public enum Stage {
  COMMIT_TO_READ(
      "commit.to.read", "From the commit, by the database's clock, to the pipeline's reading it"),
  READ_TO_ROUTED(
      "read.to.routed", "From the reading to the hand-over of what is told at once, a transaction"),
  ROUTED_TO_SENT(
      "routed.to.sent",
      "From the hand-over to a client's socket, for what is not held back; of a message's clients the"
          + " first and each 64th");

  private final String metric;
  private final String help;

  Stage(String metric, String help) {
    this.metric = metric;
    this.help = help;
  }

  /// The metric's name, words separated by dots, without the prefix.
  String metric() {
    return metric;
  }

  /// What it measures.
  String help() {
    return help;
  }
}
