package io.wardbell;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.wardbell.config.ProcessSettings.LogFormat;
import io.wardbell.config.ProcessSettings.LogLevel;
import io.wardbell.source.engine.StatementLog;
import org.slf4j.LoggerFactory;

/// One line an event on the standard output, libraries from WARN on. Logback finds this class
/// through `META-INF/services`; it stands in for a `logback.xml`, whose reading loads 380 classes
/// more at every start, that of a health check too.
public final class Logging extends ContextAwareBase implements Configurator {
  /// Line breaks within a message, a table's name from a database for one, do not make a new line.
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level [%thread] %logger{0}: "
          + "%replace(%msg){'[\\r\\n]+', ' '}%n%ex{full}";

  private static final String CONSOLE = "console";

  @Override
  public ExecutionStatus configure(LoggerContext logback) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(logback);
    encoder.setPattern(LINE);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(logback);
    console.setName(CONSOLE);
    console.setEncoder(encoder);
    console.start();
    var root = logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(console);
    logback.getLogger(Logging.class.getPackageName()).setLevel(Level.INFO);
    engine(logback, Level.OFF);
    statements(logback);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /// Debezium's warning about statements in a binary log ends the engine, and is not printed: it
  /// holds the statement.
  private static void statements(LoggerContext logback) {
    AppenderBase<ILoggingEvent> listener =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (event.getMessage().startsWith(StatementLog.MESSAGE)) {
              StatementLog.read(event.getThreadName());
            }
          }
        };
    listener.setContext(logback);
    listener.start();
    var logger = logback.getLogger(StatementLog.LOGGER);
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    logger.addAppender(listener);
  }

  /// From now on: the standard output is for something else.
  static void toStandardError() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback
        && logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender(CONSOLE)
            instanceof ConsoleAppender<ILoggingEvent> console) {
      console.stop();
      console.setTarget("System.err");
      console.start();
    }
  }

  /// What a line is from now on.
  static void format(LogFormat format) {
    if (format == LogFormat.JSON
        && LoggerFactory.getILoggerFactory() instanceof LoggerContext logback
        && logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender(CONSOLE)
            instanceof ConsoleAppender<ILoggingEvent> console) {
      JsonLines lines = new JsonLines();
      lines.setContext(logback);
      lines.start();
      console.stop();
      console.setEncoder(lines);
      console.start();
    }
  }

  /// How much Wardbell itself logs from now on.
  static void level(LogLevel level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
      logback.getLogger(Logging.class.getPackageName()).setLevel(Level.toLevel(level.name()));
      boolean deep = level == LogLevel.DEBUG || level == LogLevel.TRACE;
      engine(logback, deep ? Level.WARN : Level.OFF);
    }
  }

  /// What ends an engine we say ourselves, in one line; Debezium, Kafka and the drivers say it in
  /// hundreds.
  private static void engine(LoggerContext logback, Level level) {
    logback.getLogger("io.debezium").setLevel(level);
    logback.getLogger("org.apache.kafka").setLevel(level);
    logback.getLogger("org.mariadb.jdbc").setLevel(level);
    logback.getLogger("com.mysql").setLevel(level);
  }
}
