package io.wardbell.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "http://localhost, http://localhost, ''",
        "https://Vault.Example.org/, https://vault.example.org, ''",
        "HTTPS://h:443, https://h, ''",
        "http://h:80/, http://h, ''",
        "http://h:443, http://h:443, ''",
        "https://h:8443/vault, https://h:8443, /vault",
        "https://h/a/b//, https://h, /a/b",
        "https://h/vault?x=1#y, https://h, /vault",
        "https://user:pw@h/v, https://h, /v",
        "https://[2001:DB8:0:0:0:0:0:1]:8000, https://[2001:db8::1]:8000, ''",
        "https://[::1]/v, https://[::1], /v",
        "https://[1:0:0:2:0:0:0:3], https://[1:0:0:2::3], ''",
        "https://bücher.example, https://xn--bcher-kva.example, ''",
        "http://my_vault, http://my_vault, ''"
      })
  void takenApartAsTheServerDoes(String text, String origin, String subPath) {
    assertThat(Domain.parse(text)).isEqualTo(new Domain(origin, subPath));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vault.example.org",
        "ftp://h",
        "https://",
        "https://h:port",
        "https://h:99999",
        "https://[1::2::3]",
        "https://straße.example"
      })
  void refused(String text) {
    assertThatThrownBy(() -> Domain.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
