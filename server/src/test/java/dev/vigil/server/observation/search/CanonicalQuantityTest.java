package dev.vigil.server.observation.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ca.uhn.fhir.jpa.model.util.UcumServiceUtil;
import java.math.BigDecimal;
import org.fhir.ucum.Pair;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalQuantityTest {

  private static final String UCUM = UcumServiceUtil.UCUM_CODESYSTEM_URL;

  /** Hazard: a value that a search does not find because it was converted in another way. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%", "/min", "/h", "mm[Hg]", "cm[H2O]", "mg/dL", "mmol/L", "Cel", "[degF]", "K", "L/min",
        "U", "U/h", "mV", "kg", "min", "mo", "10*9/L", "1"
      })
  void convertAsTheLibraryDoes(String code) {
    for (String text : new String[] {"0", "0.601", "-12.5", "36.6", "98.60", "101", "77777"}) {
      BigDecimal value = new BigDecimal(text);
      Pair pair = UcumServiceUtil.getCanonicalForm(UCUM, value.setScale(16), code);
      double expected = Double.parseDouble(pair.getValue().asDecimal());

      CanonicalQuantity found = CanonicalQuantity.of(UCUM, code, value).orElseThrow();

      assertThat(found.unit()).isEqualTo(pair.getCode());
      assertThat(found.value()).isCloseTo(expected, within(Math.abs(expected) * 1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"breaths/minute", "", "mm[Hg"})
  void knowNoOtherCode(String code) {
    assertThat(CanonicalQuantity.of(UCUM, code, BigDecimal.ONE)).isEmpty();
    assertThat(CanonicalQuantity.of("urn:other", "kg", BigDecimal.ONE)).isEmpty();
  }
}
