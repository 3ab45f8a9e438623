package io.wardbell;

import io.wardbell.config.BuiltInHub;
import io.wardbell.config.DatabaseAccess;
import io.wardbell.config.Fault;
import io.wardbell.config.OperatorAddress;
import io.wardbell.config.ProcessSettings;
import io.wardbell.config.PublicAddress;
import io.wardbell.config.Settings;
import io.wardbell.config.SettingsException;
import io.wardbell.config.SourceSettings;
import io.wardbell.config.VaultServer;
import io.wardbell.hub.HubConfig;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.server.ProxyConfig;
import io.wardbell.server.RequestConfig;
import io.wardbell.server.TlsConfig;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Entry point: the command line.
@Command(
    name = "wardbell",
    description = "Live sync for Bitwarden clients, from the vault server's database.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      TailCommand.class,
      HealthCommand.class,
      DoctorCommand.class,
      PrintConfigCommand.class,
      SetupSqlCommand.class,
    })
final class Main implements Runnable {
  /// Every record with settings, in the order in which they are shown.
  static final List<Class<? extends Record>> SETTINGS =
      List.of(
          DatabaseAccess.class,
          VaultServer.class,
          PublicAddress.class,
          TlsConfig.class,
          RequestConfig.class,
          OperatorAddress.class,
          ProxyConfig.class,
          SourceSettings.class,
          BuiltInHub.class,
          RoutingConfig.class,
          HubConfig.class,
          ProcessSettings.class);

  /// The exit codes, from the BSD convention `sysexits`.
  static final class Exit {
    static final int OK = 0;

    /// An answer of no, as from `health`.
    static final int NO = 1;

    static final int USAGE = 64;

    /// The database could not be reached before the first connection ever.
    static final int UNAVAILABLE = 69;

    /// A mistake in Wardbell.
    static final int SOFTWARE = 70;

    static final int SETTINGS = 78;

    private Exit() {}
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"wardbell " + (version == null ? "(not packaged)" : version)};
    }
  }

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private final Map<String, String> environment;

  private Main(Map<String, String> environment) {
    this.environment = environment;
  }

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(Settings.environment(), out, err, args));
  }

  /// The exit code of one command line. Bad settings are one line each on `err`.
  static int run(
      Map<String, String> environment, PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Main(environment))
        .setOut(out)
        .setErr(err)
        .setExitCodeExceptionMapper(_ -> Exit.SOFTWARE)
        .setExecutionExceptionHandler(Main::report)
        .setParameterExceptionHandler(Main::misuse)
        .execute(args);
  }

  /// Every setting of this process, wrong ones too.
  Settings settings() {
    return Settings.load(environment, SETTINGS);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
  }

  private static int report(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (e instanceof SettingsException settings) {
      for (Fault fault : settings.faults()) {
        command.getErr().println("wardbell: " + fault + " [WB-SET-01]");
      }
      return Exit.SETTINGS;
    }
    command.getErr().println("wardbell: stops because of a mistake of its own [WB-BUG-01]");
    throw e;
  }

  private static int misuse(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command
        .getErr()
        .println(name + ": " + e.getMessage() + "; try " + name + " --help [WB-RUN-05]");
    return Exit.USAGE;
  }
}
