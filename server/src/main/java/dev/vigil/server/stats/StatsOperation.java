package dev.vigil.server.stats;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.OperationParam;
import ca.uhn.fhir.rest.api.SortOrderEnum;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.DateParam;
import ca.uhn.fhir.rest.param.ParamPrefixEnum;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.param.TokenOrListParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.param.TokenParamModifier;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.server.fhir.FhirOperations;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.delivery.ResourceReader;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.PositiveIntType;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.UriType;
import org.springframework.stereotype.Component;

/**
 * {@code Observation/$stats} of <a
 * href="https://hl7.org/fhir/R4/observation-operation-stats.html">FHIR R4</a>. It searches as a
 * client would, so that what the caller may not see does not count either.
 */
@Component
class StatsOperation implements FhirOperations {

  private static final Set<String> PARAMETERS =
      Set.of(
          "subject",
          "code",
          "system",
          "coding",
          "duration",
          "period",
          "statistic",
          "include",
          "limit");

  /** Of one code; all of them are read. */
  private static final int MOST_OBSERVATIONS = 20_000;

  private final DaoRegistry daos;
  private final ResourceReader resources;
  private final Clock clock;

  StatsOperation(DaoRegistry daos, ResourceReader resources, Clock clock) {
    this.daos = daos;
    this.resources = resources;
    this.clock = clock;
  }

  /** Its parameters are those of the OperationDefinition. */
  @Operation(
      name = "$stats",
      type = Observation.class,
      idempotent = true,
      canonicalUrl = "http://hl7.org/fhir/OperationDefinition/Observation-stats")
  public Parameters stats(
      @OperationParam(name = "subject", min = 1) UriType subject,
      @OperationParam(name = "code") List<StringType> code,
      @OperationParam(name = "system") UriType system,
      @OperationParam(name = "coding") List<Coding> coding,
      @OperationParam(name = "duration") DecimalType duration,
      @OperationParam(name = "period") Period period,
      @OperationParam(name = "statistic", min = 1, max = OperationParam.MAX_UNLIMITED)
          List<CodeType> statistic,
      @OperationParam(name = "include") BooleanType include,
      @OperationParam(name = "limit") PositiveIntType limit,
      RequestDetails request) {
    try {
      refuseUnknown(request);
      Instant now = clock.instant();
      StatsQuery query =
          new StatsQuery(
              known(StatsQuery.subject(subject, request.getFhirServerBase()), request),
              StatsQuery.codes(code, system, coding),
              StatsQuery.begin(duration, period, now),
              StatsQuery.end(duration, period, now),
              StatsQuery.statistics(statistic),
              sources(include, limit));
      return answer(query, request);
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    }
  }

  private static void refuseUnknown(RequestDetails request) {
    Set<String> named = new LinkedHashSet<>(request.getParameters().keySet());
    if (request.getResource() instanceof Parameters body) {
      body.getParameter().stream()
          .map(ParametersParameterComponent::getName)
          .map(String::valueOf)
          .forEach(named::add);
    }
    named.removeIf(name -> PARAMETERS.contains(name) || name.startsWith("_"));
    if (!named.isEmpty()) {
      throw new ProblemException(
          Problem.invalid("Parameters.parameter", "a parameter is not one of " + PARAMETERS));
    }
  }

  private IdType known(IdType subject, RequestDetails request) {
    if (!request.getFhirContext().getResourceTypes().contains(subject.getResourceType())) {
      throw StatsQuery.refusal("subject", "names no resource type");
    }
    Class<? extends Resource> type =
        request
            .getFhirContext()
            .getResourceDefinition(subject.getResourceType())
            .getImplementingClass()
            .asSubclass(Resource.class);
    if (resources.read(RequestOrigin.tenant(request), type, subject.getIdPart()).isEmpty()) {
      throw new ProblemException(
          Problem.notFound(StatsQuery.expression("subject"), "there is no such subject"));
    }
    return subject;
  }

  private static int sources(BooleanType include, PositiveIntType limit) {
    if (limit != null && limit.hasValue() && limit.getValue() < 1) {
      throw StatsQuery.refusal("limit", "is no whole number above 0");
    }
    if (include == null || !include.booleanValue()) {
      return 0;
    }
    return limit == null || !limit.hasValue() ? Integer.MAX_VALUE : limit.getValue();
  }

  private Parameters answer(StatsQuery query, RequestDetails request) {
    Parameters answer = new Parameters();
    Set<String> told = new LinkedHashSet<>();
    for (Coding code : query.codes()) {
      List<Observation> found = search(query, code, request);
      answer
          .addParameter()
          .setName("statistics")
          .setResource(StatsAnswer.of(query, code, Measured.of(found)));
      found.stream()
          .limit(query.limit())
          .filter(source -> told.add(source.getIdElement().getIdPart()))
          .forEach(source -> answer.addParameter().setName("source").setResource(source));
    }
    return answer;
  }

  /** Newest first. */
  private List<Observation> search(StatsQuery query, Coding code, RequestDetails request) {
    SearchParameterMap map = new SearchParameterMap();
    map.add(Observation.SP_SUBJECT, new ReferenceParam(query.subject().getValue()));
    map.add(Observation.SP_CODE, new TokenParam(code.getSystem(), code.getCode()));
    map.add(
        Observation.SP_STATUS,
        new TokenOrListParam()
            .add(new TokenParam("entered-in-error").setModifier(TokenParamModifier.NOT))
            .add(new TokenParam("cancelled").setModifier(TokenParamModifier.NOT)));
    if (query.from() != null) {
      map.add(Observation.SP_DATE, bound(ParamPrefixEnum.GREATERTHAN_OR_EQUALS, query.from()));
    }
    if (query.to() != null) {
      map.add(Observation.SP_DATE, bound(ParamPrefixEnum.LESSTHAN_OR_EQUALS, query.to()));
    }
    map.setSort(new SortSpec(Observation.SP_DATE, SortOrderEnum.DESC));
    map.setLoadSynchronousUpTo(MOST_OBSERVATIONS + 1);
    IBundleProvider found = daos.getResourceDao(Observation.class).search(map, request);
    List<Observation> all =
        found.getAllResources().stream()
            .filter(Observation.class::isInstance)
            .map(Observation.class::cast)
            .toList();
    if (all.size() > MOST_OBSERVATIONS) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.TOO_COSTLY,
              StatsQuery.expression("period"),
              "more than "
                  + MOST_OBSERVATIONS
                  + " Observations of a code; ask for a shorter time, or use $series"));
    }
    return all;
  }

  private static DateParam bound(ParamPrefixEnum prefix, Instant moment) {
    return new DateParam(prefix, Date.from(moment));
  }
}
