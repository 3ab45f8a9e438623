package io.wardbell.source.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Ends an engine whose binary log holds statements instead of rows: a connection that is older
/// than `binlog_format=ROW` goes on as it began. Debezium says so in its own log and nowhere else,
/// on the thread of the client that reads; who sets up logging calls [#read]. Any thread.
public final class StatementLog {
  /// The logger that Debezium says it on.
  public static final String LOGGER =
      "io.debezium.connector.binlog.BinlogStreamingChangeEventSource";

  /// How the message begins. What follows is the statement, which must not be shown.
  public static final String MESSAGE = "Received DML";

  private static final Map<String, EngineRun> READERS = new ConcurrentHashMap<>();

  private StatementLog() {}

  static void watch(String thread, EngineRun engine) {
    READERS.put(thread, engine);
  }

  static void forget(String thread, EngineRun engine) {
    READERS.remove(thread, engine);
  }

  /// A statement was read.
  ///
  /// @param thread the reading thread's name
  public static void read(String thread) {
    EngineRun engine = READERS.get(thread);
    if (engine != null) {
      engine.stop(
          "statement",
          "a connection writes statements to the binary log, not rows, because it is older than"
              + " binlog_format=ROW, or sets another format: restart the vault server");
    }
  }
}
