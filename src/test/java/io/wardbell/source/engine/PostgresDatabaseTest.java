package io.wardbell.source.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wardbell.config.DatabaseUrl;
import io.wardbell.config.PostgresqlUrl;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The vault server's URL in the words of the Java driver.
class PostgresDatabaseTest {
  private static PostgresDatabase of(String url) {
    return PostgresDatabase.of((PostgresqlUrl) DatabaseUrl.parse(url), "wardbell", 4_096);
  }

  @Test
  void percentEncodedPasswordsAreDecoded() {
    PostgresDatabase database = of("postgresql://bell:p%40ss%2Fw@db.example.org:6432/vault");
    assertThat(database.host()).isEqualTo("db.example.org");
    assertThat(database.port()).isEqualTo(6432);
    assertThat(database.user()).isEqualTo("bell");
    assertThat(database.password().orElseThrow().reveal()).isEqualTo("p@ss/w");
    assertThat(database.toString()).doesNotContain("p@ss");
  }

  @Test
  void tlsIsAskedForAsTheServerDoes() {
    PostgresDatabase database =
        of("postgresql://b:p@db/vault?sslmode=verify-full&sslrootcert=/etc/ca.pem");
    assertThat(database.driver())
        .containsEntry("sslmode", "verify-full")
        .containsEntry("sslrootcert", "/etc/ca.pem");
  }

  @Test
  void aSocketFolderIsASocket() {
    PostgresDatabase database = of("postgresql://b@%2Fvar%2Frun%2Fpostgresql/vault");
    assertThat(database.socket()).contains(Path.of("/var/run/postgresql/.s.PGSQL.5432"));
  }

  @Test
  void anAddressOfIpv6StandsInBracketsInUrlsOnly() {
    PostgresDatabase database = of("postgresql://b:p@[::1]:5433/vault");
    assertThat(database.host()).isEqualTo("::1");
    assertThat(PostgresConnections.url(database)).isEqualTo("jdbc:postgresql://[::1]:5433/vault");
  }

  @Test
  void severalServersAreRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of("postgresql://b:p@one,two/vault"))
        .withMessageContaining("one server");
  }
}
