package io.wardbell;

import io.wardbell.config.DatabaseAccess;
import io.wardbell.config.DatabaseUrl;
import io.wardbell.config.MysqlUrl;
import io.wardbell.config.PostgresqlUrl;
import io.wardbell.config.Settings;
import io.wardbell.config.SettingsException;
import io.wardbell.config.SourceSettings;
import io.wardbell.config.SqliteFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Prints the statements that the database's owner runs once, so that Wardbell may follow it.
@Command(
    name = "setup-sql",
    description = "Print the SQL that makes Wardbell's role in the configured database.",
    mixinStandardHelpOptions = true)
final class SetupSqlCommand implements Callable<Integer> {
  /// A line of a script whose first quoted text is a name to be filled in: `'wardbell'; -- @role`.
  private static final Pattern NAME =
      Pattern.compile("'([^'\n]*)'(.*-- @(role|publication|schema)\\b)");

  /// The role where MySQL's and MariaDB's statements name it, which have no variables for it.
  private static final Pattern MYSQL_ROLE = Pattern.compile("(?<=')wardbell(?='+@'+%)");

  /// The first schema that `options` of a PostgreSQL URL looks for tables in.
  private static final Pattern SCHEMA =
      Pattern.compile("(?:-c\\s*|--)search_path=\"?((?:\\\\.|[^\\s,\"\\\\])+)");

  private static final String FALLBACK_SCHEMA = "public";

  private static final String FALLBACK_ROLE = "wardbell";

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @CommandLine.ParentCommand private Main main;

  @Override
  public Integer call() throws IOException {
    Settings settings = main.settings();
    DatabaseAccess access = settings.read(DatabaseAccess.class);
    DatabaseUrl url = access.url();
    Map<String, String> names =
        Map.of(
            "role", role(access),
            "publication", quoted(settings.read(SourceSettings.class).publication()),
            "schema", schema(url));
    String resource = "/connectors/" + url.product() + "/setup.sql";
    try (InputStream in = SetupSqlCommand.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw SettingsException.of(
            access.setting(),
            "names a " + url.product() + " database",
            "Wardbell has no setup.sql for it");
      }
      String script =
          MYSQL_ROLE
              .matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
              .replaceAll(Matcher.quoteReplacement(role(access)));
      PrintWriter out = spec.commandLine().getOut();
      out.print(
          NAME.matcher(script)
              .replaceAll(name ->
                  Matcher.quoteReplacement("'" + names.get(name.group(3)) + "'" + name.group(2))));
      out.flush();
      return Main.Exit.OK;
    }
  }

  /// The role of Wardbell's own URL; the server's role is not one to be made.
  private static String role(DatabaseAccess access) {
    return switch (access.url()) {
      case PostgresqlUrl url -> quoted(access.asServer() ? FALLBACK_ROLE : url.login().user());
      case MysqlUrl url -> quoted(access.asServer() ? FALLBACK_ROLE : url.user());
      case SqliteFile file ->
          throw SettingsException.of(
              access.setting(), "names the file " + file.path(), "SQLite has no roles to make");
    };
  }

  private static String schema(DatabaseUrl url) {
    if (url instanceof PostgresqlUrl postgresql) {
      Matcher schema = SCHEMA.matcher(postgresql.parameters().getOrDefault("options", ""));
      if (schema.find()) {
        return quoted(schema.group(1).replaceAll("\\\\(.)", "$1"));
      }
    }
    return FALLBACK_SCHEMA;
  }

  /// Safe within single and within double quotes.
  private static String quoted(String user) {
    if (user.chars().anyMatch(c -> c == '\'' || c == '"' || c == '\\' || c < ' ')) {
      throw SettingsException.of(
          "WARDBELL_DATABASE_URL", "has a quote in a name", "choose another name");
    }
    return user;
  }
}
