package io.wardbell;

import io.wardbell.config.Settings;
import io.wardbell.config.Settings.Row;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows every setting: what it is, and who says so.
@Command(
    name = "print-config",
    description = "Show the settings in effect, secrets masked, and what is wrong with them.",
    mixinStandardHelpOptions = true)
final class PrintConfigCommand implements Callable<Integer> {
  @Option(
      names = "--markdown",
      description = "Print the page of settings with their meaning instead.")
  private boolean markdown;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @CommandLine.ParentCommand private Main main;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (markdown) {
      out.print(SettingsPage.markdown(Main.SETTINGS));
      out.flush();
      return Main.Exit.OK;
    }
    Settings settings = main.settings();
    table(settings.table(), out);
    settings.check();
    return Main.Exit.OK;
  }

  private static void table(List<Row> rows, PrintWriter out) {
    int name = rows.stream().mapToInt(r -> r.name().length()).max().orElse(0);
    int value = rows.stream().mapToInt(r -> r.value().length()).max().orElse(0);
    String form = "%-" + Math.max(1, name) + "s  %-" + Math.max(1, value) + "s  %s%n";
    for (Row row : rows) {
      out.printf(form, row.name(), row.value(), row.origin());
    }
    out.flush();
  }
}
