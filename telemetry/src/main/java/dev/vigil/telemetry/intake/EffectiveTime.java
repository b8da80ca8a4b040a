package dev.vigil.telemetry.intake;

import ca.uhn.fhir.model.api.TemporalPrecisionEnum;
import dev.vigil.core.Problem;
import java.time.Instant;
import java.util.Optional;
import org.hl7.fhir.r4.model.BaseDateTimeType;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Period;

/**
 * The moment a device reading stands for: its dateTime or instant, the end of its Period. Rules run
 * on it, so a day alone is not enough.
 */
final class EffectiveTime {

  private static final String EXPRESSION = "Observation.effective";

  private EffectiveTime() {}

  /** The moment; empty where {@link #problem} names one. */
  static Optional<Instant> of(Observation observation) {
    return problem(observation).isPresent()
        ? Optional.empty()
        : Optional.of(element(observation).getValue().toInstant());
  }

  /** What keeps the Observation from standing for a moment. */
  static Optional<Problem> problem(Observation observation) {
    BaseDateTimeType element = element(observation);
    if (observation.getEffective() instanceof Period && isEmpty(element)) {
      return Optional.of(
          Problem.invalid(
              EXPRESSION + ".ofType(Period).end", "the period of a device reading needs an end"));
    }
    if (isEmpty(element)) {
      return Optional.of(
          Problem.invalid(
              EXPRESSION, "a device reading needs a time: a dateTime, an instant or a Period"));
    }
    boolean momentKnown =
        element.getPrecision().ordinal() > TemporalPrecisionEnum.DAY.ordinal()
            && element.getTimeZone() != null;
    if (!momentKnown) {
      return Optional.of(
          Problem.invalid(
              observation.getEffective() instanceof Period
                  ? EXPRESSION + ".ofType(Period).end"
                  : EXPRESSION,
              "a device reading needs the time of day with its offset"));
    }
    return Optional.empty();
  }

  private static boolean isEmpty(BaseDateTimeType element) {
    return element == null || element.getValue() == null;
  }

  /** The element that holds the moment; null if there is none. */
  private static BaseDateTimeType element(Observation observation) {
    if (observation.getEffective() instanceof DateTimeType dateTime) {
      return dateTime;
    }
    if (observation.getEffective() instanceof InstantType instant) {
      return instant;
    }
    return observation.getEffective() instanceof Period period ? period.getEndElement() : null;
  }
}
