package io.wardbell.config;

import java.util.List;
import java.util.stream.Collectors;

/// Settings that are wrong, all of them at once. The message has one line a fault and no secret.
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  SettingsException(List<Fault> faults) {
    super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
    this.faults = List.copyOf(faults);
  }

  /// For a fault that shows only while the setting is used, as a file that is not a key.
  public static SettingsException of(String setting, String read, String right) {
    return new SettingsException(List.of(new Fault(setting, read, right)));
  }

  /// Every fault, in the order of the settings.
  public List<Fault> faults() {
    return faults;
  }
}
