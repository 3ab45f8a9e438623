package io.wardbell;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// A throw-away database, served, with a client that shows what arrives.
@Command(
    name = "demo",
    description = "Show live sync on a throw-away database, with nothing installed.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--once",
      description = "End after the first round of changes; 0 if every notification arrived.")
  private boolean once;

  @Option(
      names = "--database",
      description =
          "Which throw-away database: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} without it.",
      defaultValue = "sqlite")
  private DemoDatabase.Kind database;

  @Override
  public Integer call() throws Exception {
    return new Demo(System.out).run(database, once);
  }
}
