package io.wardbell;

import io.wardbell.demo.DemoKey;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.ThrowawaySqlite;
import io.wardbell.observe.Clock;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--make",
      hidden = true,
      paramLabel = "FOLDER",
      description =
          "Only make a vault server's data folder there, empty but for the server's tables.")
  private @Nullable Path folder;

  @Override
  public Integer call() throws Exception {
    if (folder != null) {
      try (Connection connection = new ThrowawaySqlite(folder).connect()) {
        ServerSchema.sqlite().create(connection);
      }
      new DemoKey(Clock.system()).writeTo(folder);
      return Main.Exit.OK;
    }
    return new Demo(System.out).run(database, once);
  }
}
