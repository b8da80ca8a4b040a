package dev.vigil.server.observation.search;

import ca.uhn.fhir.jpa.model.util.UcumServiceUtil;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Optional;
import org.fhir.ucum.Pair;

/**
 * A quantity in UCUM's base units, so that 5.4 mg and 0.0054 g are found by each other.
 *
 * @param unit the base units' code
 */
record CanonicalQuantity(double value, String unit) {

  /** The UCUM library rounds to the digits of what it is given. */
  private static final int DIGITS_AFTER_THE_POINT = 16;

  /** So that the last digits of a conversion do not make two values of one. */
  private static final MathContext PRECISION = new MathContext(12);

  /** Empty for other systems than UCUM and for codes that UCUM does not know. */
  static Optional<CanonicalQuantity> of(String system, String code, BigDecimal value) {
    BigDecimal exact =
        value.scale() < DIGITS_AFTER_THE_POINT ? value.setScale(DIGITS_AFTER_THE_POINT) : value;
    Pair pair = UcumServiceUtil.getCanonicalForm(system, exact, code);
    return pair == null
        ? Optional.empty()
        : Optional.of(
            new CanonicalQuantity(
                new BigDecimal(pair.getValue().asDecimal()).round(PRECISION).doubleValue(),
                pair.getCode()));
  }
}
