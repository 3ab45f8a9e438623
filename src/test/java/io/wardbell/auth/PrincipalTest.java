package io.wardbell.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.KnownAccounts;
import io.wardbell.auth.Principal.Standing;
import io.wardbell.id.Id;
import io.wardbell.id.StampHash;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PrincipalTest {
  private static final Instant ISSUED = Instant.parse("2026-11-24T10:00:00Z");
  private static final Principal PRINCIPAL =
      new Principal(Id.of("user"), StampHash.of("stamp"), "device", ISSUED);

  private final KnownAccounts accounts = new KnownAccounts();

  @Test
  void nothingIsKnownWithoutAModel() {
    assertThat(PRINCIPAL.standing(accounts)).isEqualTo(Standing.UNKNOWN);
  }

  @Test
  void sameStampIsCurrent() {
    accounts.put("user", "stamp");
    accounts.asOf(ISSUED.plusSeconds(60));
    assertThat(PRINCIPAL.standing(accounts)).isEqualTo(Standing.CURRENT);
  }

  @Test
  void otherStampIsStaleOnceTheModelIsNewerThanTheToken() {
    accounts.put("user", "other");
    accounts.asOf(ISSUED.plusSeconds(60));
    assertThat(PRINCIPAL.standing(accounts)).isEqualTo(Standing.STALE);
    accounts.asOf(ISSUED.minusSeconds(1));
    assertThat(PRINCIPAL.standing(accounts)).isEqualTo(Standing.UNKNOWN);
  }

  @Test
  void disabledIsStale() {
    accounts.put("user", "stamp", false, ISSUED);
    accounts.asOf(ISSUED.plusSeconds(60));
    assertThat(PRINCIPAL.standing(accounts)).isEqualTo(Standing.STALE);
  }

  @Test
  void unknownUserIsStaleOnceTheModelIsNewerThanTheToken() {
    accounts.asOf(ISSUED.plusSeconds(60));
    assertThat(PRINCIPAL.standing(accounts)).isEqualTo(Standing.STALE);
    accounts.asOf(ISSUED.minusSeconds(60));
    assertThat(PRINCIPAL.standing(accounts)).isEqualTo(Standing.UNKNOWN);
  }
}
