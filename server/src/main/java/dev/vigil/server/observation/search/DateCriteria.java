package dev.vigil.server.observation.search;

import ca.uhn.fhir.rest.param.DateParam;
import ca.uhn.fhir.rest.param.ParamPrefixEnum;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.Criterion.DateBound;
import dev.vigil.telemetry.observation.Criterion.DateBound.Comparison;
import dev.vigil.telemetry.observation.Criterion.DateBound.Edge;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * Dates as <a href="https://hl7.org/fhir/R4/search.html#date">FHIR</a> compares them: both the
 * searched and the stored one are spans, as long as their precision.
 */
final class DateCriteria {

  /** Share of the distance to now that {@code ap} reaches over; FHIR recommends this one. */
  private static final long APPROXIMATELY = 10;

  private final Clock clock;

  DateCriteria(Clock clock) {
    this.clock = clock;
  }

  /**
   * The span of a date without regard to its prefix.
   *
   * @param first its first moment
   * @param last its last moment, to the millisecond
   */
  record Span(Instant first, Instant last) {

    /** Days and longer are those of the server's time zone. */
    static Span of(DateParam date) {
      Date first = date.getValue();
      Date next = date.getPrecision().add(first, 1);
      Instant end = Instant.ofEpochMilli(next.getTime()).minusMillis(1);
      Instant begin = Instant.ofEpochMilli(first.getTime());
      return new Span(begin, end.isBefore(begin) ? begin : end);
    }
  }

  /** Any of these is met. */
  List<Criterion.OnEntry> of(String param, DateParam date) {
    if (date.getValue() == null) {
      throw Refused.parameter(param, "a date is missing");
    }
    Span span = Span.of(date);
    ParamPrefixEnum prefix = date.getPrefix() == null ? ParamPrefixEnum.EQUAL : date.getPrefix();
    return switch (prefix) {
      case EQUAL ->
          one(
              param,
              new DateBound(Edge.LOW, Comparison.GE, span.first()),
              new DateBound(Edge.HIGH, Comparison.LE, span.last()));
      case NOT_EQUAL ->
          List.of(
              on(param, new DateBound(Edge.LOW, Comparison.LT, span.first())),
              on(param, new DateBound(Edge.HIGH, Comparison.GT, span.last())));
      case GREATERTHAN -> one(param, new DateBound(Edge.HIGH, Comparison.GT, span.last()));
      case GREATERTHAN_OR_EQUALS ->
          one(param, new DateBound(Edge.HIGH, Comparison.GE, span.first()));
      case LESSTHAN -> one(param, new DateBound(Edge.LOW, Comparison.LT, span.first()));
      case LESSTHAN_OR_EQUALS -> one(param, new DateBound(Edge.LOW, Comparison.LE, span.last()));
      case STARTS_AFTER -> one(param, new DateBound(Edge.LOW, Comparison.GT, span.last()));
      case ENDS_BEFORE -> one(param, new DateBound(Edge.HIGH, Comparison.LT, span.first()));
      case APPROXIMATE -> {
        Duration reach = Duration.between(span.first(), clock.instant()).abs();
        Duration share = reach.dividedBy(APPROXIMATELY);
        yield one(
            param,
            new DateBound(Edge.HIGH, Comparison.GE, span.first().minus(share)),
            new DateBound(Edge.LOW, Comparison.LE, span.last().plus(share)));
      }
    };
  }

  private static List<Criterion.OnEntry> one(String param, DateBound... bounds) {
    return List.of(on(param, bounds));
  }

  private static Criterion.OnEntry on(String param, DateBound... bounds) {
    return new Criterion.Date(param, List.of(bounds));
  }
}
