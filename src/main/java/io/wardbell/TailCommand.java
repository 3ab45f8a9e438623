package io.wardbell;

import io.wardbell.config.ProcessSettings;
import io.wardbell.config.ProcessSettings.LogLevel;
import io.wardbell.config.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows what is read from the database and what clients would be told, and tells nobody.
@Command(
    name = "tail",
    description = "Show changes and the notifications they make, without serving anyone.",
    mixinStandardHelpOptions = true)
final class TailCommand implements Callable<Integer> {
  @Option(names = "--json", description = "One JSON object a line, for scripts.")
  private boolean json;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @CommandLine.ParentCommand private Main main;

  @Override
  public Integer call() throws Exception {
    Settings settings = main.settings().check();
    LogLevel level = settings.read(ProcessSettings.class).logLevel();
    Logging.toStandardError();
    Logging.level(level == LogLevel.INFO ? LogLevel.WARN : level); // Its lines say the rest.
    return new Wiring(settings)
        .tail(json ? EventLines.Format.JSON : EventLines.Format.PLAIN, spec.commandLine().getOut());
  }
}
