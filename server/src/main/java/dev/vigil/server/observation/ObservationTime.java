package dev.vigil.server.observation;

import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Instant;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.BaseDateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Timing;
import org.hl7.fhir.r4.model.Type;

/** When an Observation was measured, as the search parameter {@code date} sees it. */
final class ObservationTime {

  private ObservationTime() {}

  /** From the earliest to the latest moment of {@code effective[x]}; null when it says neither. */
  static Effective effective(Observation observation) {
    Type effective = observation.getEffective();
    if (effective instanceof BaseDateTimeType time) {
      return span(begin(time), end(time));
    }
    if (effective instanceof Period period) {
      return span(begin(period.getStartElement()), end(period.getEndElement()));
    }
    return effective instanceof Timing timing ? effective(timing) : null;
  }

  /** From the first to the last event, within the bounds where they are a period. */
  private static Effective effective(Timing timing) {
    Period bounds = timing.getRepeat().getBounds() instanceof Period period ? period : new Period();
    List<Instant> begins =
        Stream.concat(
                timing.getEvent().stream().map(ObservationTime::begin),
                Stream.of(bounds.getStartElement()).map(ObservationTime::begin))
            .filter(Objects::nonNull)
            .sorted()
            .toList();
    List<Instant> ends =
        Stream.concat(
                timing.getEvent().stream().map(ObservationTime::end),
                Stream.of(bounds.getEndElement()).map(ObservationTime::end))
            .filter(Objects::nonNull)
            .sorted()
            .toList();
    return span(
        begins.isEmpty() ? null : begins.get(0), ends.isEmpty() ? null : ends.get(ends.size() - 1));
  }

  private static Effective span(Instant from, Instant to) {
    return from == null && to == null ? null : new Effective(from, to);
  }

  /** The moment in whose week an Observation is kept. */
  static Instant placedAt(Observation observation, Instant receivedAt) {
    Effective effective = effective(observation);
    if (effective != null) {
      return effective.to() == null ? effective.from() : effective.to();
    }
    return observation.hasIssued() ? observation.getIssued().toInstant() : receivedAt;
  }

  private static Instant begin(BaseDateTimeType time) {
    return time.getValue() == null ? null : time.getValue().toInstant();
  }

  /** The last millisecond that a time of less precision than a second covers. */
  private static Instant end(BaseDateTimeType time) {
    Date value = time.getValue();
    if (value == null) {
      return null;
    }
    int field =
        switch (time.getPrecision()) {
          case YEAR -> Calendar.YEAR;
          case MONTH -> Calendar.MONTH;
          case DAY -> Calendar.DATE;
          case MINUTE -> Calendar.MINUTE;
          case SECOND, MILLI -> -1;
        };
    if (field < 0) {
      return value.toInstant();
    }
    Calendar calendar = time.toCalendar();
    calendar.add(field, 1);
    return calendar.toInstant().minusMillis(1);
  }
}
