package io.wardbell.config;

/// The process itself.
public record ProcessSettings(
    @Setting(
            value = "WARDBELL_LOG_LEVEL",
            doc = "How much Wardbell itself logs: error, warn, info, debug or trace.",
            fallback = "info")
        LogLevel logLevel,
    @Setting(
            value = "WARDBELL_LOG_FORMAT",
            doc =
                "What a line of the log is: plain (for people) or json (an object, for programs).",
            fallback = "plain")
        LogFormat logFormat,
    @Setting(
            value = "WARDBELL_HEAP",
            doc =
                "The largest Java heap, read by the launcher, in the JVM's form (128m, 1g); at least 16m.",
            fallback = "128m")
        String heap) {
  /// How much is logged.
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /// What a line is.
  public enum LogFormat {
    PLAIN,
    JSON
  }

  public ProcessSettings {
    if (!heap.matches("[1-9]\\d{0,8}[kKmMgG]")) {
      throw new IllegalArgumentException("WARDBELL_HEAP must be a size such as 128m or 1g");
    }
  }
}
