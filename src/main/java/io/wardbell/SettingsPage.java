package io.wardbell;

import io.wardbell.config.Setting;
import io.wardbell.config.Settings;
import java.util.List;
import java.util.stream.Collectors;

/// The table of settings for the README.
final class SettingsPage {
  private SettingsPage() {}

  static String markdown(List<Class<? extends Record>> records) {
    return Settings.declared(records).stream()
        .map(SettingsPage::row)
        .collect(Collectors.joining("", "| Setting | Without it | Meaning |\n|---|---|---|\n", ""));
  }

  private static String row(Setting setting) {
    String fallback = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
    return "| `%s` | %s | %s |%n".formatted(setting.value(), fallback, setting.doc());
  }
}
