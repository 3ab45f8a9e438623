package io.wardbell.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  @Test
  void distanceIsInEdits() {
    assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
  }

  @Test
  void nearestWins() {
    assertThat(NearestName.of("PROT", List.of("HEAP", "PORT"))).contains("PORT");
    assertThat(NearestName.of("X", List.of())).isEmpty();
  }
}
