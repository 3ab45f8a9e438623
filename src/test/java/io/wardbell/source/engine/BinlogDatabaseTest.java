package io.wardbell.source.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wardbell.config.DatabaseUrlText;
import io.wardbell.config.MysqlUrl;
import io.wardbell.config.Secret;
import io.wardbell.source.engine.BinlogDatabase.Tls.Mode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BinlogDatabaseTest {
  private static BinlogDatabase of(String url) {
    return BinlogDatabase.of((MysqlUrl) new DatabaseUrlText(url).parse());
  }

  @Test
  void aUrlIsReadAsTheVaultServerReadsIt() {
    BinlogDatabase database =
        of("mysql://war%40bell:p%2Fss@db.example:3307/vault?ssl_mode=VERIFY_CA&ssl_ca=/etc/ca.pem");
    assertThat(database.host()).isEqualTo("db.example");
    assertThat(database.port()).isEqualTo(3307);
    assertThat(database.user()).isEqualTo("war@bell");
    assertThat(database.password().map(Secret::reveal)).contains("p/ss");
    assertThat(database.tls().mode()).isEqualTo(Mode.VERIFY_CA);
    assertThat(database.tls().ca()).contains(Path.of("/etc/ca.pem"));
    assertThat(of("mysql://w@db/vault").tls().mode()).isEqualTo(Mode.PREFERRED);
  }

  @Test
  void thisMachineIsReachedByTcp() {
    assertThat(of("mysql://w@localhost/vault").host()).isEqualTo("127.0.0.1");
    assertThat(of("mysql://w@/vault").host()).isEqualTo("127.0.0.1");
  }

  @Test
  void whatCannotBeDoneIsRefusedWithWhatCan() {
    assertThatThrownBy(() -> of("mysql://w@db/vault?unix_socket=%2Frun%2Fmysqld.sock"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name host and port");
    assertThatThrownBy(() -> of("mysql://w@db/vault?ssl_cert=a&ssl_key=b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ssl_cert");
  }
}
