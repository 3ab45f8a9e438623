package io.wardbell.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.change.Capture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaultTablesTest {
  private static final Pattern GRANT =
      Pattern.compile("table_name = '(\\w+)'\\s+AND column_name IN \\(([^)]*)\\)");

  private static final Pattern ENTRY = Pattern.compile("^ {4}'(\\w+): ([^']+)'", Pattern.MULTILINE);

  /// What is granted is what is read: a column more would be a needless right, one less a fault.
  @Test
  void setupSqlGrantsExactlyWhatIsRead() throws IOException {
    String script =
        Files.readString(Path.of("connectors/postgresql/setup.sql"))
            .replaceAll("'\\n +'", ""); // SQL joins texts on consecutive lines.
    Map<String, Set<String>> granted = new TreeMap<>();
    Matcher entry = ENTRY.matcher(script);
    while (entry.find()) {
      granted.put(entry.group(1), Set.of(entry.group(2).split(", ")));
    }
    assertThat(granted).isEqualTo(read());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mariadb", "mysql"})
  void setupSqlOfBinlogServersGrantsExactlyWhatIsRead(String folder) throws IOException {
    Matcher entry = GRANT.matcher(Files.readString(Path.of("connectors", folder, "setup.sql")));
    Map<String, Set<String>> granted = new TreeMap<>();
    while (entry.find()) {
      granted.put(entry.group(1), Set.of(entry.group(2).replaceAll("[\\s']", "").split(",", -1)));
    }
    assertThat(granted).isEqualTo(read());
  }

  private static Map<String, Set<String>> read() {
    return VaultTables.CAPTURE.tables().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                table -> Set.copyOf(table.getValue().columns()),
                (one, _) -> one,
                TreeMap::new));
  }

  @Test
  void nothingThatHoldsASecretIsRead() {
    Set<String> read =
        VaultTables.CAPTURE.tables().values().stream()
            .map(Capture.Table::columns)
            .flatMap(java.util.List::stream)
            .collect(Collectors.toSet());
    assertThat(read)
        .doesNotContain(
            "data",
            "name",
            "notes",
            "fields",
            "akey",
            "key",
            "private_key",
            "password_hash",
            "refresh_token",
            "enc_key",
            "master_password_hash",
            "access_code");
    assertThat(VaultTables.CAPTURE.tables()).doesNotContainKey("devices");
  }
}
