package dev.vigil.server.dashboard;

import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.subscriptions.alert.AlertBoard;
import dev.vigil.subscriptions.alert.AlertState;
import dev.vigil.telemetry.delivery.ResourceReader;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Patient;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/** The page of one patient: open alerts and one chart. */
@Controller
class PatientController {

  private static final List<Integer> RANGES = List.of(3, 24, 168);

  /**
   * A signal to choose.
   *
   * @param latest newest value with its unit
   */
  public record SignalView(String metric, String label, String latest) {

    /** Hides the value. */
    @Override
    public String toString() {
      return "SignalView[" + metric + "]";
    }
  }

  /** Who it is. */
  public record PatientView(String name, String facts) {

    /** Hides the person. */
    @Override
    public String toString() {
      return "PatientView";
    }
  }

  private final ResourceReader resources;
  private final Readings readings;
  private final AlertBoard alerts;
  private final AlertViews views;
  private final MetricCatalog metrics;
  private final Clock clock;

  PatientController(
      ResourceReader resources,
      Readings readings,
      AlertBoard alerts,
      AlertViews views,
      MetricCatalog metrics,
      Clock clock) {
    this.resources = resources;
    this.readings = readings;
    this.alerts = alerts;
    this.views = views;
    this.metrics = metrics;
    this.clock = clock;
  }

  @GetMapping("/patients/{id}")
  String page(
      @PathVariable String id,
      @RequestParam(required = false) String metric,
      @RequestParam(defaultValue = "24") int hours,
      Model model) {
    AccessDecision viewer = Viewer.current();
    TenantId tenant = viewer.tenant();
    PatientId patientId = new PatientId(id);
    Patient patient =
        resources
            .read(tenant, Patient.class, id)
            .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    List<Reading> latest = latest(tenant, patientId);
    int range = RANGES.contains(hours) ? hours : 24;
    model.addAttribute("me", viewer.actor().name());
    model.addAttribute("mayAct", Viewer.mayAct(viewer));
    model.addAttribute("patient", new PatientView(Ward.name(patient), facts(patient)));
    model.addAttribute(
        "alerts",
        views.of(
            tenant,
            alerts.ofPatient(tenant, patientId).stream()
                .filter(alert -> alert.state() != AlertState.RESOLVED)
                .toList()));
    model.addAttribute("signals", latest.stream().map(this::signal).toList());
    model.addAttribute("ranges", RANGES);
    model.addAttribute("hours", range);
    chosen(latest, metric)
        .ifPresent(shown -> model.addAttribute("chart", chart(tenant, shown, range)));
    return "patient";
  }

  private List<Reading> latest(TenantId tenant, PatientId patient) {
    return readings.latest(tenant, patient).stream()
        .sorted(Comparator.comparing(reading -> reading.metric().id()))
        .toList();
  }

  private static Optional<Reading> chosen(List<Reading> latest, String metric) {
    return latest.stream()
        .filter(reading -> reading.metric().id().equals(metric))
        .findFirst()
        .or(() -> latest.stream().max(Comparator.comparing(Reading::measuredAt)));
  }

  private SignalView signal(Reading reading) {
    return new SignalView(
        reading.metric().id(), metrics.definition(reading.metric()).display(), Ward.value(reading));
  }

  private ChartView chart(TenantId tenant, Reading shown, int hours) {
    Instant now = clock.instant();
    List<Reading> series =
        readings.window(
            tenant,
            shown.patient(),
            shown.metric(),
            now.minus(Duration.ofHours(hours)),
            now,
            Long.MAX_VALUE);
    return ChartView.of(metrics.definition(shown.metric()), series);
  }

  private static String facts(Patient patient) {
    String born =
        patient.hasBirthDate() ? "born " + patient.getBirthDateElement().getValueAsString() : "";
    String number = patient.hasIdentifier() ? patient.getIdentifierFirstRep().getValue() : "";
    return String.join(
        ", ",
        List.of(born, number).stream().filter(text -> text != null && !text.isEmpty()).toList());
  }
}
