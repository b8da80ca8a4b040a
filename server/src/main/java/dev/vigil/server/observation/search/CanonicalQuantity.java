package dev.vigil.server.observation.search;

import ca.uhn.fhir.jpa.model.util.UcumServiceUtil;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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

  /** Two conversions that differ by less, relatively, are one. */
  private static final BigDecimal CLOSE = new BigDecimal("1e-11");

  private static final BigDecimal LARGE = new BigDecimal("1000000");

  /** Beyond that the memory is emptied: units are few, but a client may invent some. */
  private static final int MOST_UNITS = 2_000;

  private static final Map<String, Conversion> CONVERSIONS = new ConcurrentHashMap<>();

  /**
   * How values of a unit become such of the base units; the library needs a millisecond for each.
   *
   * @param unit the base units' code; null if UCUM does not know the unit
   * @param factor null if its values are on no line, so that each has to be asked for
   */
  private record Conversion(String unit, BigDecimal factor, BigDecimal shift) {

    static Conversion learn(String system, String code) {
      Pair zero = ask(system, code, BigDecimal.ZERO);
      Pair large = ask(system, code, LARGE);
      Pair one = ask(system, code, BigDecimal.ONE);
      if (zero == null || large == null || one == null) {
        return new Conversion(null, null, null);
      }
      BigDecimal shift = number(zero);
      BigDecimal factor = number(large).subtract(shift).divide(LARGE);
      BigDecimal expected = factor.add(shift);
      boolean line =
          expected.subtract(number(one)).abs().compareTo(expected.abs().multiply(CLOSE)) <= 0;
      return new Conversion(one.getCode(), line ? factor : null, shift);
    }
  }

  /** Empty for other systems than UCUM and for codes that UCUM does not know. */
  static Optional<CanonicalQuantity> of(String system, String code, BigDecimal value) {
    if (!UcumServiceUtil.UCUM_CODESYSTEM_URL.equals(system) || code == null || code.isEmpty()) {
      return Optional.empty();
    }
    Conversion conversion = CONVERSIONS.get(code);
    if (conversion == null) {
      conversion = Conversion.learn(system, code);
      if (CONVERSIONS.size() > MOST_UNITS) {
        CONVERSIONS.clear();
      }
      CONVERSIONS.put(code, conversion);
    }
    if (conversion.unit() == null) {
      return Optional.empty();
    }
    BigDecimal canonical =
        conversion.factor() == null
            ? number(ask(system, code, value))
            : value.multiply(conversion.factor()).add(conversion.shift());
    return Optional.of(
        new CanonicalQuantity(canonical.round(PRECISION).doubleValue(), conversion.unit()));
  }

  private static Pair ask(String system, String code, BigDecimal value) {
    BigDecimal exact =
        value.scale() < DIGITS_AFTER_THE_POINT ? value.setScale(DIGITS_AFTER_THE_POINT) : value;
    return UcumServiceUtil.getCanonicalForm(system, exact, code);
  }

  private static BigDecimal number(Pair pair) {
    return new BigDecimal(pair.getValue().asDecimal());
  }
}
