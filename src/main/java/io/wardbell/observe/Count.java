package io.wardbell.observe;

/// Every counter there is. Exposed as `wardbell_<name>_total`.
public enum Count {
  ROWS_READ("rows_read", "Rows read from the database's log and snapshots", "table"),
  ROWS_UNREADABLE("rows_unreadable", "Rows that could not be understood", "table"),
  NOTIFICATIONS("notifications", "Notifications made, before they are fanned out", "type"),
  MESSAGES_QUEUED("messages_queued", "Messages put into a session's outbox", "type"),
  ENGINE_STARTS("engine_starts", "Debezium engines built", ""),
  GAPS("gaps", "Times the log was lost and reconciled", "reason"),
  DIFFERENCES("reconciled_differences", "Rows that differed from the model after a gap", ""),
  SESSIONS_OPENED("sessions_opened", "WebSocket sessions opened", "hub"),
  SESSIONS_CLOSED("sessions_closed", "WebSocket sessions closed", "reason"),
  CONNECTIONS_REFUSED("connections_refused", "Connections refused before the upgrade", "reason");

  private final String metric;
  private final String help;
  private final String label;

  Count(String metric, String help, String label) {
    this.metric = metric;
    this.help = help;
    this.label = label;
  }

  /// The metric's name without prefix and suffix.
  public String metric() {
    return metric;
  }

  /// What it counts.
  public String help() {
    return help;
  }

  /// The name of its only label; empty if it has none.
  public String label() {
    return label;
  }
}
