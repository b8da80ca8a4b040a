package dev.vigil.server.observation;

import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.BaseDateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Timing;
import org.hl7.fhir.r4.model.Type;

/**
 * When an Observation was measured, as HAPI indexes it for the search parameter {@code date}: a
 * time of little precision counts as its first moment.
 */
final class ObservationTime {

  private ObservationTime() {}

  /** From the earliest to the latest moment of {@code effective[x]}; null when it says neither. */
  static Effective effective(Observation observation) {
    Type effective = observation.getEffective();
    if (effective instanceof BaseDateTimeType time) {
      return span(moment(time), moment(time));
    }
    if (effective instanceof Period period) {
      return span(moment(period.getStartElement()), moment(period.getEndElement()));
    }
    return effective instanceof Timing timing ? effective(timing) : null;
  }

  /** From the first to the last of its events and of its bounds, where they are a period. */
  private static Effective effective(Timing timing) {
    Period bounds = timing.getRepeat().getBounds() instanceof Period period ? period : new Period();
    List<Instant> moments =
        Stream.concat(
                timing.getEvent().stream(),
                Stream.of(bounds.getStartElement(), bounds.getEndElement()))
            .map(ObservationTime::moment)
            .filter(Objects::nonNull)
            .sorted()
            .toList();
    return moments.isEmpty() ? null : span(moments.get(0), moments.get(moments.size() - 1));
  }

  private static Effective span(Instant from, Instant to) {
    return from == null && to == null ? null : new Effective(from, to);
  }

  /** The moment in whose week an Observation is kept. */
  static Instant placedAt(Observation observation, Instant receivedAt) {
    return Effective.placedAt(
        effective(observation),
        observation.hasIssued() ? observation.getIssued().toInstant() : receivedAt);
  }

  private static Instant moment(BaseDateTimeType time) {
    return time.getValue() == null ? null : time.getValue().toInstant();
  }
}
