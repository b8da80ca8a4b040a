package dev.vigil.server.observation.search;

import ca.uhn.fhir.rest.param.DateParam;
import ca.uhn.fhir.rest.param.DateRangeParam;
import ca.uhn.fhir.rest.param.ParamPrefixEnum;
import dev.vigil.server.observation.search.DateCriteria.Span;
import dev.vigil.telemetry.observation.Criterion;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code _lastUpdated}: a moment that lies in a span, before or behind it. */
final class UpdatedCriteria {

  private static final String PARAM = "_lastUpdated";

  private UpdatedCriteria() {}

  static List<Criterion> of(DateRangeParam range) {
    if (range == null) {
      return List.of();
    }
    DateParam lower = range.getLowerBound();
    DateParam upper = range.getUpperBound();
    List<Criterion> criteria = new ArrayList<>();
    if (lower != null && lower.equals(upper)) {
      criteria.add(of(lower));
    } else {
      Stream.of(
              lower == null ? List.<DateParam>of() : List.of(lower),
              upper == null ? List.<DateParam>of() : List.of(upper))
          .flatMap(List::stream)
          .filter(bound -> bound.getValue() != null)
          .map(UpdatedCriteria::of)
          .forEach(criteria::add);
    }
    return criteria;
  }

  static Criterion of(DateParam date) {
    if (date.getValue() == null) {
      throw Refused.parameter(PARAM, "a date is missing");
    }
    Span span = Span.of(date);
    Instant last = span.last().plus(999, ChronoUnit.MICROS);
    ParamPrefixEnum prefix = date.getPrefix() == null ? ParamPrefixEnum.EQUAL : date.getPrefix();
    return switch (prefix) {
      case EQUAL -> new Criterion.Updated(span.first(), last);
      case NOT_EQUAL -> new Criterion.Not(new Criterion.Updated(span.first(), last));
      case GREATERTHAN, STARTS_AFTER ->
          new Criterion.Updated(last.plus(1, ChronoUnit.MICROS), null);
      case GREATERTHAN_OR_EQUALS -> new Criterion.Updated(span.first(), null);
      case LESSTHAN, ENDS_BEFORE ->
          new Criterion.Updated(null, span.first().minus(1, ChronoUnit.MICROS));
      case LESSTHAN_OR_EQUALS -> new Criterion.Updated(null, last);
      case APPROXIMATE -> throw Refused.parameter(PARAM, "the prefix ap is not supported");
    };
  }
}
