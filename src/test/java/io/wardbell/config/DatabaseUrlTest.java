package io.wardbell.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The cases beside PostgreSQL, which has a test of its own.
class DatabaseUrlTest {
  @Test
  void mysql() {
    MysqlUrl url =
        (MysqlUrl)
            DatabaseUrl.parse(
                "mysql://us%40er:p%23w@db.example.org:3307/vault?ssl_mode=VERIFY_CA&ssl_ca=/ca.pem");
    assertThat(url.address()).isEqualTo(new MysqlUrl.Address("db.example.org", 3307));
    assertThat(url.user()).isEqualTo("us@er");
    assertThat(url.password()).contains(new Secret("p#w"));
    assertThat(url.database()).isEqualTo("vault");
    assertThat(url.parameters())
        .containsEntry("ssl_mode", "verify_ca")
        .containsEntry("ssl_ca", "/ca.pem");
    assertThat(url)
        .hasToString(
            "mysql://us%40er:***@db.example.org:3307/vault?ssl_ca=%2Fca.pem&ssl_mode=verify_ca");
  }

  @Test
  void mysqlUsualPortAndNoPassword() {
    MysqlUrl url = (MysqlUrl) DatabaseUrl.parse("mysql://root@[::1]/vault");
    assertThat(url.address()).isEqualTo(new MysqlUrl.Address("::1", 3306));
    assertThat(url.password()).isEmpty();
  }

  @Test
  void mysqlSocket() {
    MysqlUrl url =
        (MysqlUrl) DatabaseUrl.parse("mysql://u:p@localhost/v?unix_socket=/run/mysqld/mysqld.sock");
    assertThat(url.parameters()).containsEntry("unix_socket", "/run/mysqld/mysqld.sock");
  }

  @Test
  void mysqlUnknownParameterIsNamed() {
    assertThat(DatabaseUrl.parse("mysql://u@h/v?charset=utf8mb4").ignored())
        .singleElement()
        .asString()
        .startsWith("charset has no effect");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mysql://u@h                 | name one database",
        "mysql://u@h/a/b             | name one database",
        "mysql://u@h:99999/v         | the port",
        "mysql:u@h/v                 | mysql://user",
        "mysql://u:p/w@h/v           | written %2F",
        "mysql://u:1/2@h/v           | written %2F",
        "mysql://u:1/v?p@h/v         | written %2F",
        "mysql://u:1/v?p9&q          | must be of the form name=value",
        "mysql://u@h:0/v             | the port",
        "mysql://u@h/v?sslmode=require | sslmode does nothing in a mysql:// URL",
        "mysql://u@h/v?useSSL=true   | write ssl_mode=",
        "mysql://u@h/v?ssl_mode=on   | ssl_mode must be one of disabled",
        "sqlite://                   | name the database's file",
        ":memory:                    | name the database's file",
        "file://host/db.sqlite3      | on this machine",
        "host=localhost password=p@ss | must be postgresql://, mysql://, sqlite:// or a path",
        "sqlite://u:p@ss@h/v         | must be postgresql://, mysql://, sqlite:// or a path",
        "POSTGRESQL://u:p@ss@h/v     | must be postgresql://, mysql://, sqlite:// or a path",
        "\"postgresql://u:p@ss@h/v\" | take the quotes around it away",
        "mariadb://u:p@h/v           | must be postgresql://, mysql://, sqlite:// or a path"
      })
  void refused(String text, String why) {
    assertThatThrownBy(() -> DatabaseUrl.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource({
    "sqlite://data/db.sqlite3, data/db.sqlite3",
    "sqlite:///data/db.sqlite3, /data/db.sqlite3",
    "sqlite:///my%20data/db.sqlite3?mode=rwc, /my data/db.sqlite3",
    "file:data/db.sqlite3, data/db.sqlite3",
    "file:///data/db.sqlite3, /data/db.sqlite3",
    "data/db.sqlite3, data/db.sqlite3",
    "/data/100%/db.sqlite3, /data/100%/db.sqlite3",
    "sqlite:db, sqlite:db"
  })
  void sqlite(String text, Path path) {
    assertThat(DatabaseUrl.parse(text)).isEqualTo(new SqliteFile(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql://u:hunter2@h/v", "mysql://u:hun/hunter2@h/v", "x://u:hunter2@h"})
  void passwordIsNeverShown(String text) {
    assertThat(new DatabaseUrlText(text).toString()).doesNotContain("hunter2");
  }
}
