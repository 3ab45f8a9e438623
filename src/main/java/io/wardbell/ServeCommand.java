package io.wardbell;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Follows the database and serves the hub until it is told to stop.
@Command(
    name = "serve",
    description = "Follow the database and serve the hub.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Override
  public Integer call() throws Exception {
    return new Wiring(Main.settings().check()).run();
  }
}
