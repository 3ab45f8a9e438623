package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final String FROM = "<!-- settings: ./wardbell print-config --markdown -->\n";
  private static final String TO = "<!-- end of settings -->";

  @Test
  void settingsAreThoseOfTheCode() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    assertThat(readme).contains(FROM).contains(TO);
    String table = readme.substring(readme.indexOf(FROM) + FROM.length(), readme.indexOf(TO));
    assertThat(table)
        .as("replace the table by what ./wardbell print-config --markdown prints")
        .isEqualTo(SettingsPage.markdown(Main.SETTINGS));
  }
}
