package dev.vigil.server.observation.search;

import ca.uhn.fhir.rest.param.NumberParam;
import ca.uhn.fhir.rest.param.ParamPrefixEnum;
import ca.uhn.fhir.rest.param.QuantityParam;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.Criterion.Range;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Numbers and quantities. Without a prefix the value has to be equal, as in HAPI: the digits that a
 * search leaves away do not widen it.
 */
final class AmountCriteria {

  /** Share of the value that {@code ap} reaches over; FHIR recommends this one. */
  private static final double APPROXIMATELY = 0.1;

  private AmountCriteria() {}

  /** Any of these is met. */
  static List<Criterion.OnEntry> of(String param, NumberParam number) {
    if (number.getValue() == null) {
      throw Refused.parameter(param, "a number is missing");
    }
    return ranges(
        number.getPrefix(),
        number.getValue().doubleValue(),
        range -> new Criterion.Number(param, range));
  }

  /** Any of these is met. With a UCUM unit all units of the same kind are compared. */
  static List<Criterion.OnEntry> of(String param, QuantityParam quantity) {
    BigDecimal value = quantity.getValue();
    if (value == null) {
      throw Refused.parameter(param, "a value is missing");
    }
    String system = emptyAsNull(quantity.getSystem());
    String unit = emptyAsNull(quantity.getUnits());
    Optional<CanonicalQuantity> canonical =
        system == null || unit == null
            ? Optional.empty()
            : CanonicalQuantity.of(system, unit, value);
    return ranges(
        quantity.getPrefix(),
        canonical.map(CanonicalQuantity::value).orElse(value.doubleValue()),
        range ->
            new Criterion.Quantity(
                param,
                range,
                system,
                canonical.map(CanonicalQuantity::unit).orElse(unit),
                canonical.isPresent()));
  }

  private static List<Criterion.OnEntry> ranges(
      ParamPrefixEnum prefix, double value, Function<Range, Criterion.OnEntry> on) {
    Range above = new Range(value, false, null, false);
    Range below = new Range(null, false, value, false);
    return switch (prefix == null ? ParamPrefixEnum.EQUAL : prefix) {
      case EQUAL -> List.of(on.apply(new Range(value, true, value, true)));
      case NOT_EQUAL -> List.of(on.apply(below), on.apply(above));
      case GREATERTHAN, STARTS_AFTER -> List.of(on.apply(above));
      case GREATERTHAN_OR_EQUALS -> List.of(on.apply(new Range(value, true, null, false)));
      case LESSTHAN, ENDS_BEFORE -> List.of(on.apply(below));
      case LESSTHAN_OR_EQUALS -> List.of(on.apply(new Range(null, false, value, true)));
      case APPROXIMATE -> {
        double share = Math.abs(value) * APPROXIMATELY;
        yield List.of(on.apply(new Range(value - share, true, value + share, true)));
      }
    };
  }

  private static String emptyAsNull(String text) {
    return text == null || text.isBlank() ? null : text;
  }
}
