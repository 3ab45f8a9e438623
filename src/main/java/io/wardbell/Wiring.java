package io.wardbell;

import io.wardbell.config.Settings;

/// Joins the rooms. The only class that sees all of them.
final class Wiring {
  private final Settings settings;

  Wiring(Settings settings) {
    this.settings = settings;
  }

  /// Serves until the process is told to stop.
  ///
  /// @return the exit code
  int run() {
    System.err.println("wardbell: " + settings.table().size() + " settings are fine; no rooms yet");
    return Main.Exit.SOFTWARE;
  }

  /// Serves a throw-away database and a client.
  ///
  /// @param once whether to end after the first round of changes
  /// @return the exit code
  static int demo(boolean once) {
    System.err.println("wardbell: no demo" + (once ? ", not even once" : "") + " yet");
    return Main.Exit.SOFTWARE;
  }
}
