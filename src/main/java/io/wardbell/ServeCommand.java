package io.wardbell;

import io.wardbell.config.ProcessSettings;
import io.wardbell.config.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Follows the database and serves the hub until it is told to stop.
@Command(
    name = "serve",
    description = "Follow the database and serve the hub.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @CommandLine.ParentCommand private Main main;

  @Override
  public Integer call() throws Exception {
    Settings settings = main.settings().check();
    ProcessSettings process = settings.read(ProcessSettings.class);
    Logging.level(process.logLevel());
    Logging.format(process.logFormat());
    HeapWatch.start();
    return new Wiring(settings).serve();
  }
}
