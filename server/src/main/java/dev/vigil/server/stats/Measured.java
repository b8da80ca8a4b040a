package dev.vigil.server.stats;

import dev.vigil.core.Code;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.terminology.ucum.Ucum;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.BaseDateTimeType;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Quantity;

/**
 * The values of some Observations in one unit, that of the first.
 *
 * @param unit UCUM; null when the values have none
 */
record Measured(Sample sample, String unit) {

  /**
   * Of Observations, newest first. Those without a number, or with one that is only a bound such as
   * {@code <5}, count in the total only.
   *
   * @throws ProblemException if the units cannot be converted into each other
   */
  static Measured of(List<Observation> observations) {
    List<Sample.Point> points = new ArrayList<>();
    String unit = null;
    for (Observation observation : observations) {
      BigDecimal value;
      String own = null;
      if (observation.getValue() instanceof Quantity quantity
          && quantity.hasValue()
          && !quantity.hasComparator()) {
        value = quantity.getValue();
        own = Code.UCUM.equals(quantity.getSystem()) ? quantity.getCode() : quantity.getUnit();
      } else if (observation.getValue() instanceof IntegerType integer && integer.hasValue()) {
        value = BigDecimal.valueOf(integer.getValue());
      } else {
        continue;
      }
      if (points.isEmpty()) {
        unit = own;
      } else {
        value = convert(value, own, unit);
      }
      points.add(new Sample.Point(value, moment(observation)));
    }
    return new Measured(new Sample(points, observations.size()), unit);
  }

  private static BigDecimal convert(BigDecimal value, String from, String to) {
    if (from == null ? to == null : from.equals(to)) {
      return value;
    }
    if (from == null || to == null || !Ucum.standard().commensurable(from, to)) {
      throw new ProblemException(
          Problem.invalid(
              "Observation.value",
              "the Observations have units that cannot be converted into each other"));
    }
    return Ucum.standard().convert(value, from, to);
  }

  /** The end of a time that lasts; null for none. */
  private static Instant moment(Observation observation) {
    BaseDateTimeType time =
        observation.getEffective() instanceof Period period
            ? period.getEndElement()
            : observation.getEffective() instanceof BaseDateTimeType one ? one : null;
    return time == null || time.getValue() == null ? null : time.getValue().toInstant();
  }
}
