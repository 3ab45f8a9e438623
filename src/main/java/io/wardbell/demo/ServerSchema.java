package io.wardbell.demo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The vault server's tables in one database's words: those of bitwarden_rs 1.17.0 and each change
/// since, in the order in which a server that was updated release by release ran them.
///
/// Our own DDL. Tables, columns, types and keys are the server's, because types decide what its log
/// shows: on PostgreSQL the tables of 2020 have `VARCHAR(40)` ids, later ones `CHAR(36)`.
public final class ServerSchema {
  /// The release with which the history begins (November 2020).
  public static final String OLDEST = "1.17.0";

  /// The release up to which the history is written.
  public static final String NEWEST = "1.37.2";

  private static final String STEP_LINE = "-- step ";

  /// One change, as the server's own update makes it.
  ///
  /// @param release the first release that has it
  /// @param name what it is about
  /// @param statements in order
  public record Step(String release, String name, List<String> statements) {
    /// Keeps its own copy of the statements.
    public Step {
      statements = List.copyOf(statements);
    }

    @Override
    public String toString() {
      return release + " " + name;
    }

    /// Makes the change in one transaction, as the server does where the database can.
    public void apply(Connection connection) throws SQLException {
      boolean before = connection.getAutoCommit();
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(before);
      }
    }
  }

  private final Step base;
  private final List<Step> steps;

  private ServerSchema(Step base, List<Step> steps) {
    this.base = base;
    this.steps = List.copyOf(steps);
  }

  /// The server's schema on PostgreSQL.
  public static ServerSchema postgresql() throws IOException {
    return read("postgresql");
  }

  /// The server's schema on MariaDB and MySQL, which are one to it.
  public static ServerSchema mysql() throws IOException {
    return read("mysql");
  }

  /// The server's schema on SQLite.
  public static ServerSchema sqlite() throws IOException {
    return read("sqlite");
  }

  /// Makes the tables as a server of that release has them, in an empty database.
  public void create(Connection connection, String release) throws SQLException {
    base.apply(connection);
    for (Step step : steps) {
      if (compare(step.release(), release) <= 0) {
        step.apply(connection);
      }
    }
  }

  /// Makes the tables as of [#NEWEST].
  public void create(Connection connection) throws SQLException {
    create(connection, NEWEST);
  }

  /// Every change after [#OLDEST], in order.
  public List<Step> steps() {
    return steps;
  }

  /// Every change after that release, in order.
  public List<Step> stepsAfter(String release) {
    return steps.stream().filter(step -> compare(step.release(), release) > 0).toList();
  }

  private static ServerSchema read(String database) throws IOException {
    String resource = "/demo/" + database + "/schema.sql";
    List<Step> all = new ArrayList<>();
    try (InputStream in = ServerSchema.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String[] parts = text.split("(?m)^" + STEP_LINE);
      for (String part : Arrays.asList(parts).subList(1, parts.length)) {
        all.add(step(part));
      }
    }
    return new ServerSchema(all.getFirst(), all.subList(1, all.size()));
  }

  private static Step step(String part) {
    int end = part.indexOf('\n');
    String[] title = part.substring(0, end).strip().split(" ", 2);
    List<String> statements =
        Arrays.stream(part.substring(end).split(";\\s*(?:\n|$)", -1))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .toList();
    return new Step(title[0], title[1], statements);
  }

  /// Compares releases such as 1.9.1 and 1.17.0 by their numbers.
  private static int compare(String one, String other) {
    return Arrays.compare(numbers(one), numbers(other));
  }

  private static int[] numbers(String release) {
    return Arrays.stream(release.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
  }
}
