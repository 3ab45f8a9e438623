package io.wardbell.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A server that is updated from 1.17 to today, release by release, with our publication in place:
/// no change of its schema and no write afterwards may fail, whether setup.sql is run again or not.
final class SchemaHistoryIT {
  static Stream<Arguments> versionsAndWays() {
    return TestPostgres.Version.selected()
        .flatMap(v -> Stream.of(Arguments.of(v, true), Arguments.of(v, false)));
  }

  @ParameterizedTest(name = "{0}, setup.sql again after each change: {1}")
  @MethodSource("versionsAndWays")
  void nothingOfTheServersFails(TestPostgres.Version version, boolean again) throws Exception {
    ServerSchema schema = ServerSchema.postgresql();
    try (TestPostgres postgres = TestPostgres.start(version);
        Connection server = postgres.connect()) {
      schema.create(server, ServerSchema.OLDEST);
      SetupSql.install(server);
      EveryTable everyTable = new EveryTable(server);
      assertThat(everyTable.write()).contains("users", "devices").doesNotContain("sends");

      for (ServerSchema.Step step : schema.steps()) {
        assertThatCode(() -> step.apply(server)).as("%s", step).doesNotThrowAnyException();
        if (again) {
          SetupSql.run(server);
        }
        assertThatCode(everyTable::write).as("writes after %s", step).doesNotThrowAnyException();
      }

      SetupSql.run(server);
      assertThat(everyTable.write()).contains("sends", "archives", "sso_auth", "event");
      assertThat(published(server)).hasSize(19).contains("archives").doesNotContain("devices");
    }
  }

  private static List<String> published(Connection c) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement s = c.createStatement();
        ResultSet r =
            s.executeQuery(
                "SELECT tablename FROM pg_publication_tables WHERE pubname = 'wardbell'")) {
      while (r.next()) {
        tables.add(r.getString(1));
      }
    }
    return tables;
  }
}
