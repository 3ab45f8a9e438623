package io.wardbell.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The page of operations names each one that the simulation plays, and no other.
class OperationsPageTest {
  private static final Path PAGE = Path.of("src/main/java/io/wardbell/routing/OPERATIONS.md");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  @Test
  void namesWhatIsSimulatedAndNothingElse() throws IOException {
    Set<String> named = new TreeSet<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("|")) {
        String[] cells = line.split("\\|", -1);
        Matcher name = NAME.matcher(cells[4]);
        while (name.find()) {
          named.add(name.group(1));
        }
        assertThat(line).matches("(\\|[^|]+){4}\\|");
      }
    }
    Timeline time = new Timeline(1);
    Database db = new Database(time, Database.Dialect.POSTGRESQL);
    Menu all = new Menu(time, db, new Server(db, true), Bell.allTables());
    assertThat(named).isEqualTo(new TreeSet<>(all.names()));
  }
}
