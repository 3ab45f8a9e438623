package io.wardbell.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wardbell.config.PostgresqlUrl.Server.Tcp;
import io.wardbell.config.PostgresqlUrl.Server.UnixSocket;
import io.wardbell.config.PostgresqlUrl.Tls;
import io.wardbell.config.PostgresqlUrl.Tls.Mode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresqlUrlTest {
  private static PostgresqlUrl parse(String text) {
    return (PostgresqlUrl) DatabaseUrl.parse(text);
  }

  private static String password(PostgresqlUrl url) {
    return url.login().password().map(Secret::reveal).orElse("none");
  }

  @Test
  void usualForm() {
    PostgresqlUrl url = parse("postgresql://warden:s3cret@db.example.org:6543/vault");
    assertThat(url.servers()).containsExactly(new Tcp("db.example.org", 6543));
    assertThat(url.login().user()).isEqualTo("warden");
    assertThat(password(url)).isEqualTo("s3cret");
    assertThat(url.database()).isEqualTo("vault");
    assertThat(url.tls().mode()).isEqualTo(Mode.PREFER);
    assertThat(url.ignored()).isEmpty();
  }

  @Test
  void shortSchemeAndUsualPort() {
    assertThat(parse("postgres://u@h/d").servers()).containsExactly(new Tcp("h", 5432));
  }

  @Test
  void emptyPortIsTheUsualOne() {
    assertThat(parse("postgres://u@h:/d").servers()).containsExactly(new Tcp("h", 5432));
  }

  @Test
  void percentEncodedParts() {
    PostgresqlUrl url = parse("postgresql://us%40er:p%2Fa%3As%25s%C3%A4@h/my%20db");
    assertThat(url.login().user()).isEqualTo("us@er");
    assertThat(password(url)).isEqualTo("p/a:s%sä");
    assertThat(url.database()).isEqualTo("my db");
  }

  @Test
  void signsThatTheLibraryLeavesAlone() {
    assertThat(password(parse("postgresql://u:a+b?c#d:e=f$g@h/d"))).isEqualTo("a+b?c#d:e=f$g");
  }

  @Test
  void noDatabaseIsTheUsersName() {
    assertThat(parse("postgresql://warden@h").database()).isEqualTo("warden");
    assertThat(parse("postgresql://warden@h/").database()).isEqualTo("warden");
  }

  @Test
  void noUserIsTheOneOfTheProcess() {
    assertThat(parse("postgresql://h/d").login().user()).isEqualTo(System.getProperty("user.name"));
  }

  @Test
  void ipv6() {
    PostgresqlUrl url = parse("postgresql://u@[2001:db8::1]:6000/d");
    assertThat(url.servers()).containsExactly(new Tcp("2001:db8::1", 6000));
    assertThat(url).hasToString("postgresql://u@[2001:db8::1]:6000/d?sslmode=prefer");
  }

  @Test
  void severalHosts() {
    PostgresqlUrl url =
        parse("postgresql://u@a:1000,b,[::1]:3000/d?target_session_attrs=read-write");
    assertThat(url.servers())
        .containsExactly(new Tcp("a", 1000), new Tcp("b", 5432), new Tcp("::1", 3000));
    assertThat(url.parameters()).containsEntry("target_session_attrs", "read-write");
  }

  @Test
  void onePortForSeveralHosts() {
    assertThat(parse("postgresql://u@/d?host=a,b&port=7000").servers())
        .containsExactly(new Tcp("a", 7000), new Tcp("b", 7000));
  }

  @Test
  void socketFolderAsEncodedHost() {
    PostgresqlUrl url = parse("postgresql://u:p@%2Frun%2Fpostgresql/d?sslmode=require");
    assertThat(url.servers())
        .containsExactly(new UnixSocket(Path.of("/run/postgresql/.s.PGSQL.5432")));
    assertThat(url.tls().mode()).as("no TLS on a socket").isEqualTo(Mode.DISABLE);
  }

  @Test
  void socketFolderAsParameter() {
    assertThat(parse("postgresql:///d?host=/tmp&port=5433&user=u").servers())
        .containsExactly(new UnixSocket(Path.of("/tmp/.s.PGSQL.5433")));
  }

  @Test
  void noHostIsTheUsualSocket() {
    assertThat(parse("postgresql://u@/d").servers())
        .containsExactly(new UnixSocket(Path.of("/var/run/postgresql/.s.PGSQL.5432")));
  }

  @Test
  void parametersOverruleWhatStandsBefore() {
    PostgresqlUrl url = parse("postgresql://u:p@h:1/d?host=x&port=2&user=v&password=q&dbname=e");
    assertThat(url.servers()).containsExactly(new Tcp("x", 2));
    assertThat(url.login().user()).isEqualTo("v");
    assertThat(password(url)).isEqualTo("q");
    assertThat(url.database()).isEqualTo("e");
  }

  @Test
  void addressWithoutName() {
    assertThat(parse("postgresql://u@/d?hostaddr=10.0.0.1").servers())
        .containsExactly(new Tcp("10.0.0.1", 5432));
  }

  @ParameterizedTest
  @CsvSource({
    "disable, DISABLE",
    "allow, ALLOW",
    "prefer, PREFER",
    "require, REQUIRE",
    "verify-ca, VERIFY_CA",
    "verify-full, VERIFY_FULL"
  })
  void sslModes(String word, Mode mode) {
    assertThat(parse("postgresql://u@h/d?sslmode=" + word).tls().mode()).isEqualTo(mode);
  }

  @Test
  void sslTrueIsRequire() {
    assertThat(parse("postgresql://u@h/d?ssl=true").tls().mode()).isEqualTo(Mode.REQUIRE);
  }

  @Test
  void requireWithRootChecksIt() {
    Tls tls = parse("postgresql://u@h/d?sslmode=require&sslrootcert=/ca.pem").tls();
    assertThat(tls.mode()).isEqualTo(Mode.VERIFY_CA);
    assertThat(tls.trust()).isEqualTo(new Tls.Trust.File(Path.of("/ca.pem")));
  }

  @Test
  void platformTrustIsVerifyFull() {
    Tls tls = parse("postgresql://u@h/d?sslrootcert=system").tls();
    assertThat(tls.mode()).isEqualTo(Mode.VERIFY_FULL);
    assertThat(tls.trust()).isEqualTo(new Tls.Trust.Platform());
  }

  @Test
  void clientCertificate() {
    Tls tls = parse("postgresql://u@h/d?sslcert=/c.crt&sslkey=/c.key&sslpassword=pw").tls();
    assertThat(tls.client())
        .contains(
            new Tls.ClientKey(
                Optional.of(Path.of("/c.crt")),
                Optional.of(Path.of("/c.key")),
                Optional.of(new Secret("pw"))));
  }

  @Test
  void directTls() {
    assertThat(parse("postgresql://u@h/d?sslmode=require&sslnegotiation=direct").tls().direct())
        .isTrue();
  }

  @Test
  void passedOnParameters() {
    assertThat(
            parse(
                    "postgresql://u@h/d?connect_timeout=10&application_name=vw&options=-c%20a%3Db"
                        + "&channel_binding=require&gssencmode=disable&keepalives=1")
                .parameters())
        .containsOnly(
            Map.entry("connect_timeout", "10"),
            Map.entry("application_name", "vw"),
            Map.entry("options", "-c a=b"),
            Map.entry("channel_binding", "require"),
            Map.entry("gssencmode", "disable"),
            Map.entry("keepalives", "1"));
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "0, 0", "-5, 0", "7, 7"})
  void timeoutAsTheLibraryTakesIt(String written, String meant) {
    assertThat(parse("postgresql://u@h/d?connect_timeout=" + written).parameters())
        .containsEntry("connect_timeout", meant);
  }

  @Test
  void harmlessParametersAreNamed() {
    PostgresqlUrl url = parse("postgresql://u@h/d?keepalives_idle=30&client_encoding=UTF8");
    assertThat(url.ignored()).hasSize(2);
    assertThat(url.ignored().getFirst()).startsWith("keepalives_idle has no effect");
    assertThat(url.parameters()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql://u@h/d?sslcrl=/x              | sslcrl is not supported",
        "postgresql://u@h/d?service=x              | service is not supported",
        "postgresql://u@h/d?require_auth=md5       | require_auth is not supported",
        "postgresql://u@h/d?sslmod=require         | \"sslmod\" is not a parameter",
        "postgresql://u@h/d?sslmode=yes            | sslmode must be one of",
        "postgresql://u@h/d?target_session_attrs=x | target_session_attrs must be one of any",
        "postgresql://u@h/d?ssl_min_protocol_version=TLSv1.3 | above TLSv1.2",
        "postgresql://u@h/d?sslmode=require&sslrootcert=system | needs sslmode=verify-full",
        "postgresql://u@h/d?sslnegotiation=direct  | needs sslmode=require",
        "postgresql://u@h/d?connect_timeout=soon   | whole seconds",
        "postgresql://u@h/d?sslmode                | write name=value",
        "postgresql://u@h/d?options=-c a=b         | write name=value",
        "postgresql://u@%40abstract/d              | abstract namespace",
        "postgresql://u@h/d?hostaddr=10.0.0.1      | not both",
        "postgresql://u@a:1,b:2,c/d?port=1,2       | as many as the hosts",
        "postgresql://u@[::1/d                     | brackets",
        "postgresql://u@[::1]x/d                   | brackets",
        "postgresql://u@h:70000/d                  | the port",
        "postgresql:u@h/d                          | two slashes",
        "postgresql://u:100%@h/d                   | in the password a %",
        "postgresql://u:%00@h/d                    | in the password a %"
      })
  void refused(String text, String why) {
    assertThatThrownBy(() -> DatabaseUrl.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://u:hunter2@h/d",
        "postgresql://u:hunter2@h/d?sslmode=require",
        "postgresql://u@h/d?password=hunter2",
        "postgresql://u@h/d?sslcert=/c&sslpassword=hunter2",
        "postgresql://u:x/hunter2@h/d",
        "postgresql://u:hunter2%zz@h/d",
        "postgresql://hunter2:hunter2/d@h",
        "postgresql://u:a@hunter2:hunter2@h/d"
      })
  void passwordIsNeverShown(String text) {
    assertThat(new DatabaseUrlText(text).toString()).doesNotContain("hunter2");
    try {
      assertThat(DatabaseUrl.parse(text).toString()).doesNotContain("hunter2");
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).doesNotContain("hunter2");
    }
  }

  @Test
  void anotherPasswordGoesBefore() {
    DatabaseUrl url = DatabaseUrl.parse("postgresql://u:old@h/d").withPassword(new Secret("new"));
    assertThat(password((PostgresqlUrl) url)).isEqualTo("new");
    assertThat(url).hasToString("postgresql://u:***@h:5432/d?sslmode=prefer");
  }

  /// The tail of such a password would be taken for a host, a database or a parameter, and shown.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://warden:Sup3r@S3cretX@127.0.0.1:6543/vault",
        "postgresql://warden:Sup3r@S3cretX/S3cretY@127.0.0.1:6543/vault",
        "postgresql://warden:Sup3r@127.0.0.1/S3cretX@127.0.0.1/vault",
        "postgresql://warden:6543/S3cretX@127.0.0.1:6543/vault",
        "postgresql://warden:Sup3r@S3cretX?S3cretY=z@127.0.0.1/vault",
        "postgresql://warden:Sup3r@127.0.0.1,S3cretX@127.0.0.1/vault",
        "postgresql://warden:Sup3r@[S3cretX@127.0.0.1]/vault",
      })
  void unescapedAtInPasswordIsRefusedAndNotShown(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("%40")
        .hasMessageNotContaining("S3cret");
    assertThat(new DatabaseUrlText(text)).hasToString("postgresql://***");
  }

  @Test
  void escapedAtInDatabaseAndAtInParameterAreLeftAlone() {
    PostgresqlUrl url = parse("postgresql://u@h/d%40e?user=warden@azure&password=a@b");
    assertThat(url.database()).isEqualTo("d@e");
    assertThat(url.login().user()).isEqualTo("warden@azure");
    assertThat(password(url)).isEqualTo("a@b");
  }
}
