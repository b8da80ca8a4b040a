package dev.vigil.server.series;

import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Code;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.FhirOperations;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.delivery.ResourceReader;
import dev.vigil.telemetry.series.Resolution;
import dev.vigil.telemetry.series.SeriesQuery;
import dev.vigil.telemetry.series.SeriesReader;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.MetricDefinition;
import dev.vigil.terminology.ucum.Ucum;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.springframework.stereotype.Component;

/** {@code Observation/$series}: one signal of a patient over time. */
@Component
class SeriesOperation implements FhirOperations {

  private static final Set<String> PARAMETERS =
      Set.of("patient", "code", "metric", "start", "end", "points", "resolution", "unit", "at");

  private static final int MOST_POINTS = 5_000;
  private static final int USUAL_POINTS = 600;
  private static final Duration USUAL_TIME = Duration.ofDays(1);

  private final SeriesReader series;
  private final MetricCatalog metrics;
  private final ResourceReader resources;
  private final Clock clock;

  SeriesOperation(
      SeriesReader series, MetricCatalog metrics, ResourceReader resources, Clock clock) {
    this.series = series;
    this.metrics = metrics;
    this.resources = resources;
    this.clock = clock;
  }

  /** Its parameters are those of the OperationDefinition. */
  @Operation(
      name = "$series",
      type = Observation.class,
      idempotent = true,
      canonicalUrl = "https://vigil.dev/fhir/OperationDefinition/Observation-series")
  public Parameters series(RequestDetails request) {
    try {
      OperationInput input = new OperationInput(request, PARAMETERS);
      MetricDefinition metric = metric(input);
      SeriesQuery query = query(input, metric, RequestOrigin.tenant(request));
      String unit = unit(input, metric);
      return new SeriesAnswer(metric, query, unit).of(series.read(query));
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    }
  }

  private SeriesQuery query(OperationInput input, MetricDefinition metric, TenantId tenant) {
    Instant end = input.moment("end").orElseGet(clock::instant);
    Instant start = input.moment("start").orElse(end.minus(USUAL_TIME));
    if (!start.isBefore(end)) {
      throw OperationInput.refusal("start", "is not before the end");
    }
    Optional<Resolution> resolution =
        input
            .text("resolution")
            .map(
                code ->
                    Resolution.of(code)
                        .orElseThrow(
                            () -> OperationInput.refusal("resolution", "is none of ours")));
    if (metric.coded()) {
      if (resolution.isPresent() && resolution.get() != Resolution.RAW) {
        throw OperationInput.refusal("resolution", "can only be raw: the values are codes");
      }
      resolution = Optional.of(Resolution.RAW);
    }
    return new SeriesQuery(
        tenant,
        patient(input, tenant),
        metric.metric(),
        start,
        end,
        input.number("points", 1, MOST_POINTS).orElse(USUAL_POINTS),
        resolution.orElse(null),
        input.moment("at").orElse(null));
  }

  private PatientId patient(OperationInput input, TenantId tenant) {
    String id = input.required("patient").replaceFirst("^Patient/", "");
    if (!id.matches("[A-Za-z0-9.-]{1,64}")) {
      throw OperationInput.refusal("patient", "is no reference to a Patient here");
    }
    if (resources.read(tenant, Patient.class, id).isEmpty()) {
      throw new ProblemException(
          Problem.notFound(OperationInput.expression("patient"), "there is no such Patient"));
    }
    return new PatientId(id);
  }

  private MetricDefinition metric(OperationInput input) {
    Optional<String> code = input.text("code");
    Optional<String> name = input.text("metric");
    if (code.isPresent() == name.isPresent()) {
      throw OperationInput.refusal("code", "or metric is required, and not both");
    }
    Optional<MetricDefinition> found =
        code.isPresent()
            ? byToken(code.get())
            : metrics.all().stream()
                .filter(one -> one.metric().id().equals(name.get()))
                .findFirst();
    return found.orElseThrow(
        () ->
            new ProblemException(
                Problem.codeInvalid(
                    OperationInput.expression(code.isPresent() ? "code" : "metric"),
                    "is not in the metric catalogue")));
  }

  private Optional<MetricDefinition> byToken(String token) {
    int bar = token.indexOf('|');
    return bar >= 0
        ? metrics.byCode(new Code(token.substring(0, bar), token.substring(bar + 1)))
        : metrics
            .byCode(new Code(Code.LOINC, token))
            .or(() -> metrics.byCode(new Code(Code.MDC, token)));
  }

  /** The unit that was asked for; null if none was. */
  private static String unit(OperationInput input, MetricDefinition metric) {
    String unit = input.text("unit").orElse(null);
    if (unit != null
        && metric.units().stream().noneMatch(one -> Ucum.standard().commensurable(one, unit))) {
      throw new ProblemException(
          Problem.codeInvalid(
              OperationInput.expression("unit"), "is not a UCUM unit that the metric can have"));
    }
    return unit;
  }
}
