package io.wardbell.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Every setting of the process, read once. Safe for use by any thread.
///
/// Wardbell understands the vault server's own variables as the server does: its `config.json`
/// beats the environment, and `<name>_FILE` names a file that holds the value. Wardbell's own start
/// with `WARDBELL_` and come from the environment or a file.
public final class Settings {
  private final List<Fault> faults = new ArrayList<>();
  private final Map<Class<?>, Reading<?>> readings = new HashMap<>();
  private final List<Row> table = new ArrayList<>();

  /// One setting as it is.
  ///
  /// @param value as it is shown: never a secret
  /// @param origin environment, config.json, `file <path>`, default, or not set
  public record Row(String name, String value, String origin) {}

  private Settings(Map<String, String> environment, List<Class<? extends Record>> records) {
    Values values = new Values(environment, names(records));
    faults.addAll(values.faults());
    for (Class<? extends Record> type : records) {
      Reading<?> reading = Reading.of(type, values);
      readings.put(type, reading);
      faults.addAll(reading.faults());
      table.addAll(reading.rows());
    }
  }

  /// Reads all records at once. Never throws for a wrong setting: see [#check].
  ///
  /// @param records every record with settings that the process has; a `WARDBELL_` name in none of
  ///   them is a fault
  public static Settings load(
      Map<String, String> environment, List<Class<? extends Record>> records) {
    return new Settings(environment, records);
  }

  /// This process's environment. The only way to it.
  public static Map<String, String> environment() {
    return System.getenv();
  }

  /// @throws SettingsException with every fault there is
  public Settings check() {
    if (!faults.isEmpty()) {
      throw new SettingsException(faults);
    }
    return this;
  }

  /// One record.
  ///
  /// @throws SettingsException with every fault of this record
  /// @throws IllegalStateException if the record was not among those loaded
  public <T extends Record> T read(Class<T> type) {
    Reading<?> reading = readings.get(type);
    if (reading == null) {
      throw new IllegalStateException(type.getName() + " was not loaded");
    }
    return type.cast(reading.value());
  }

  /// Every fault, in the order of the settings.
  public List<Fault> faults() {
    return List.copyOf(faults);
  }

  /// Every setting, in the order of the records.
  public List<Row> table() {
    return List.copyOf(table);
  }

  /// The settings that these records declare, in their order.
  public static List<Setting> declared(List<Class<? extends Record>> records) {
    return records.stream()
        .flatMap(r -> Stream.of(r.getRecordComponents()))
        .map(Settings::sign)
        .toList();
  }

  static Setting sign(RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalStateException(component + " has no @Setting");
    }
    return setting;
  }

  private static SortedSet<String> names(List<Class<? extends Record>> records) {
    SortedSet<String> names = new TreeSet<>();
    for (Setting setting : declared(records)) {
      if (!names.add(setting.value())) {
        throw new IllegalStateException(
            setting.value() + " is declared twice in " + Arrays.toString(records.toArray()));
      }
    }
    return names;
  }
}
