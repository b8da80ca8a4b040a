package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.param.TokenParamModifier;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.PayloadTooLargeException;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import dev.vigil.server.observation.SearchAtMoment;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Criterion;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;

/**
 * Which searches can be answered exactly for a moment of the past: those about the Observations
 * alone. What other resources or value sets said then is not kept in a form that can be searched.
 */
final class MomentQuestions {

  private static final String SUBJECT = "Observation.subject";

  private static final Set<TokenParamModifier> OF_TERMINOLOGY =
      EnumSet.of(
          TokenParamModifier.IN,
          TokenParamModifier.NOT_IN,
          TokenParamModifier.ABOVE,
          TokenParamModifier.BELOW);

  private static final Set<String> SORTS = Set.of("_id", "_lastUpdated", "date");

  private final SearchParameters parameters;
  private final Clock clock;

  MomentQuestions(SearchParameters parameters, Clock clock) {
    this.parameters = parameters;
    this.clock = clock;
  }

  /** The moment that is asked about. */
  Instant moment(String[] values) {
    if (values.length != 1) {
      throw refused(SearchAtMoment.PARAM, "names one moment");
    }
    Instant at;
    try {
      at = OffsetDateTime.parse(values[0]).toInstant();
    } catch (DateTimeParseException e) {
      throw refused(
          SearchAtMoment.PARAM, "is a moment with seconds and offset, as 2026-01-01T00:00:00Z");
    }
    if (at.isAfter(clock.instant())) {
      throw refused(
          SearchAtMoment.PARAM, "lies in the future: nobody knows yet what is known then");
    }
    return at;
  }

  /** Refuses what would be answered from how things are now. */
  void requireExact(SearchParameterMap search) {
    search
        .entrySet()
        .forEach(
            entry ->
                entry
                    .getValue()
                    .forEach(any -> any.forEach(value -> requireExact(entry.getKey(), value))));
    if (search.getIncludes() != null && !search.getIncludes().isEmpty()) {
      throw unsupported(Constants.PARAM_INCLUDE);
    }
    if (search.getRevIncludes() != null && !search.getRevIncludes().isEmpty()) {
      throw unsupported(Constants.PARAM_REVINCLUDE);
    }
    SortSpec sort = search.getSort();
    if (sort != null && (!SORTS.contains(sort.getParamName()) || sort.getChain() != null)) {
      throw refused(Constants.PARAM_SORT, "together with _at is one of _id, _lastUpdated and date");
    }
    if (search.isLastN()) {
      throw unsupported("$lastn");
    }
    if (search.getNearDistanceParam() != null) {
      throw unsupported("near");
    }
  }

  private void requireExact(String name, IQueryParameterType value) {
    if (name.equals(Constants.PARAM_HAS) || name.equals(Constants.PARAM_LIST)) {
      throw unsupported(name);
    }
    if (value instanceof TokenParam token && OF_TERMINOLOGY.contains(token.getModifier())) {
      throw unsupported(name + token.getModifier().getValue());
    }
    RuntimeSearchParam parameter = parameters.find(SyntheticPid.TYPE, name);
    if (value instanceof ReferenceParam reference
        && (reference.getChain() != null && !reference.getChain().isEmpty())) {
      throw unsupported(name + "." + reference.getChain());
    }
    if (name.indexOf('.') > 0 && parameter == null) {
      throw unsupported(name);
    }
  }

  /**
   * Patients of whom one has to be the subject; null for any subject.
   *
   * @return numbers of HAPI's
   */
  Collection<Long> patients(Criterion filter) {
    if (filter instanceof Criterion.All all) {
      for (Criterion one : all.criteria()) {
        Collection<Long> patients = patients(one);
        if (patients != null) {
          return patients;
        }
      }
    }
    return filter instanceof Criterion.Link link
            && link.targetPids() != null
            && link.urls().isEmpty()
            && "Patient".equals(link.targetType())
            && link.paths().stream().allMatch(path -> path.startsWith(SUBJECT))
        ? link.targetPids()
        : null;
  }

  BaseServerResponseException tooMany() {
    String message = "search parameter _at: more than 10000 Observations; ask about fewer";
    return new PayloadTooLargeException(
        message, outcome(IssueType.TOOCOSTLY, SearchAtMoment.PARAM, message));
  }

  private BaseServerResponseException unsupported(String name) {
    return refused(name, "is not supported together with _at: it would tell how things are now");
  }

  BaseServerResponseException refused(String name, String reason) {
    String message = "search parameter " + name + ": " + reason;
    return new UnprocessableEntityException(
        message, outcome(IssueType.NOTSUPPORTED, name, message));
  }

  private static OperationOutcome outcome(IssueType code, String name, String message) {
    OperationOutcome outcome = new OperationOutcome();
    outcome
        .addIssue()
        .setSeverity(IssueSeverity.ERROR)
        .setCode(code)
        .setDiagnostics(message)
        .addExpression(name);
    return outcome;
  }
}
