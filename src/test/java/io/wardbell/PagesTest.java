package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/// The pages for people agree with the code.
class PagesTest {
  private static final Pattern CODE = Pattern.compile("WB-[A-Z]+-\\d{2}");

  /// Up to the end of the statement, or of the case.
  private static final Pattern CALL =
      Pattern.compile(
          "(?:\\b(?i:log)\\.(?:warn|error)|SourceFault\\.(?:setup|unreachable))\\(.*?\\)(?:;| *\n *:)",
          Pattern.DOTALL);

  /// Another message, with a code of its own.
  private static final Pattern HANDED_ON =
      Pattern.compile(
          "\\{}\",\\s(?:.*\\s)?(?:why|waits|fault|e\\.getMessage\\(\\))[,)]"
              + "|\\.why\\(\\)|\\(refusal\\)|String\\.join\\(|remedy\\(|\"interrupted\"",
          Pattern.DOTALL);

  private static final Pattern LINK = Pattern.compile("]\\(([^)#: ]+)(#[^)]*)?\\)");

  private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))\\.(\\w+)`");

  private static final String FROM = "<!-- settings: ./wardbell print-config --markdown -->\n";
  private static final String TO = "<!-- end of settings -->";

  @Test
  void settingsAreThoseOfTheCode() throws IOException {
    String page = Files.readString(Path.of("compose/docs/settings.md"));
    assertThat(page).contains(FROM).contains(TO);
    String table = page.substring(page.indexOf(FROM) + FROM.length(), page.indexOf(TO));
    assertThat(table)
        .as("replace the table by what ./wardbell print-config --markdown prints")
        .isEqualTo(SettingsPage.markdown(Main.SETTINGS));
  }

  @Test
  void everyCodeHasItsSectionAndEverySectionItsCode() throws IOException {
    SortedSet<String> used = new TreeSet<>(codes(Files.readString(Path.of("wardbell"))));
    for (Path script : files(Path.of("compose"), ".sh")) {
      used.addAll(codes(Files.readString(script)));
    }
    for (Path file : files(Path.of("src/main/java"), ".java")) {
      used.addAll(codes(Files.readString(file)));
    }
    List<String> sections =
        Files.readAllLines(Path.of("compose/docs/errors.md")).stream()
            .filter(line -> line.startsWith("### "))
            .map(line -> line.substring(4))
            .toList();
    assertThat(sections).doesNotHaveDuplicates();
    assertThat(new TreeSet<>(sections)).isEqualTo(used);
  }

  /// A line that calls for somebody says where to read on.
  @Test
  void warningsAndFaultsOfTheDatabaseCarryACode() throws IOException {
    int checked = 0;
    for (Path file : files(Path.of("src/main/java"), ".java")) {
      for (MatchResult call : CALL.matcher(Files.readString(file)).results().toList()) {
        assertThat(call.group())
            .as("a message of " + file)
            .matches(text -> CODE.matcher(text).find() || HANDED_ON.matcher(text).find());
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(40);
  }

  private static List<String> codes(String text) {
    return CODE.matcher(text).results().map(MatchResult::group).toList();
  }

  @Test
  void proofsOfConformanceAreTestsThatExist() throws IOException {
    List<Path> sources = files(Path.of("src/test/java"), ".java");
    String page = Files.readString(Path.of("src/main/java/io/wardbell/hub/CONFORMANCE.md"));
    for (MatchResult proof : TEST.matcher(page).results().toList()) {
      assertThat(sources)
          .as(proof.group())
          .filteredOn(file -> file.endsWith(proof.group(1) + ".java"))
          .singleElement()
          .asInstanceOf(InstanceOfAssertFactories.PATH)
          .content()
          .contains("void " + proof.group(2) + "(");
    }
    assertThat(page.lines().filter(line -> line.startsWith("| ")))
        .allMatch(line -> line.contains("Proved by") || TEST.matcher(line).find());
  }

  @Test
  void linksLeadToFiles() throws IOException {
    for (Path page : files(Path.of("."), ".md")) {
      for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
        Path folder = page.toAbsolutePath().getParent();
        assertThat(folder.resolve(link.group(1)).normalize()).as("a link of " + page).exists();
      }
    }
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(ending))
          .filter(file -> !file.toString().contains("node_modules"))
          .filter(file -> !file.startsWith("./target"))
          .toList();
    }
  }
}
