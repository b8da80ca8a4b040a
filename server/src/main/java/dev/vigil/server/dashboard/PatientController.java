package dev.vigil.server.dashboard;

import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.dashboard.AlertViews.Shown;
import dev.vigil.subscriptions.alert.AlertBoard;
import dev.vigil.subscriptions.alert.AlertState;
import dev.vigil.subscriptions.alert.TrackedAlert;
import dev.vigil.telemetry.delivery.ResourceReader;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

  /**
   * A time range to choose. Public for the template.
   *
   * @param label for people
   */
  public record Range(int hours, String label) {}

  private static final List<Range> RANGES =
      List.of(
          new Range(3, "3 h"),
          new Range(24, "24 h"),
          new Range(7 * 24, "7 d"),
          new Range(14 * 24, "14 d"),
          new Range(90 * 24, "90 d"));

  /** A shorter range with fewer readings is passed over when nobody chose one. */
  private static final int WORTH_A_CHART = 10;

  /**
   * A signal to choose. Public for the template.
   *
   * @param latest its newest value
   */
  public record SignalView(String metric, ReadingView latest) {

    /** Hides the value. */
    @Override
    public String toString() {
      return "SignalView[" + metric + "]";
    }
  }

  /** Who it is. Public for the template. */
  public record PatientView(String id, String name, String facts) {

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
      @RequestParam(required = false) Integer hours,
      Model model) {
    AccessDecision viewer = Viewer.current();
    TenantId tenant = viewer.tenant();
    PatientId patientId = new PatientId(id);
    Patient patient =
        resources
            .read(tenant, Patient.class, id)
            .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    List<Reading> latest = latest(tenant, patientId);
    Instant now = clock.instant();
    model.addAttribute("me", viewer.actor().name());
    model.addAttribute("mayAct", Viewer.mayAct(viewer));
    model.addAttribute("ages", new Ages(now));
    model.addAttribute("patient", new PatientView(id, Ward.name(patient), facts(patient)));
    List<TrackedAlert> open = open(tenant, patientId);
    model.addAttribute(
        "alerts",
        views.of(
            tenant,
            open.stream().map(alert -> new Shown(alert, 0)).toList(),
            Map.of(patientId, Ward.name(patient)),
            latest));
    model.addAttribute("signals", latest.stream().map(this::signal).toList());
    model.addAttribute("ranges", RANGES);
    chosen(latest, metric, open).ifPresent(shown -> addChart(model, tenant, shown, hours, now));
    return "patient";
  }

  private List<Reading> latest(TenantId tenant, PatientId patient) {
    return readings.latest(tenant, patient).stream()
        .sorted(Comparator.comparing(reading -> metrics.definition(reading.metric()).display()))
        .toList();
  }

  private List<TrackedAlert> open(TenantId tenant, PatientId patient) {
    return alerts.ofPatient(tenant, patient).stream()
        .filter(alert -> alert.state() != AlertState.RESOLVED)
        .toList();
  }

  /** What was asked for, else what the newest open alert is about, else the freshest. */
  private static Optional<Reading> chosen(
      List<Reading> latest, String metric, List<TrackedAlert> open) {
    return newestOf(latest, metric)
        .or(
            () ->
                open.stream()
                    .findFirst()
                    .flatMap(alert -> newestOf(latest, alert.alert().trigger().metric().id())))
        .or(() -> latest.stream().max(Comparator.comparing(Reading::measuredAt)));
  }

  private static Optional<Reading> newestOf(List<Reading> latest, String metric) {
    return latest.stream().filter(reading -> reading.metric().id().equals(metric)).findFirst();
  }

  private SignalView signal(Reading reading) {
    return new SignalView(reading.metric().id(), views.view(reading));
  }

  private void addChart(Model model, TenantId tenant, Reading shown, Integer hours, Instant now) {
    Optional<Range> asked =
        RANGES.stream().filter(range -> hours != null && range.hours() == hours).findFirst();
    Range range = asked.orElse(RANGES.get(0));
    List<Reading> series = series(tenant, shown, range, now);
    for (int i = 1; asked.isEmpty() && series.size() < WORTH_A_CHART && i < RANGES.size(); i++) {
      range = RANGES.get(i);
      series = series(tenant, shown, range, now);
    }
    model.addAttribute("range", range);
    model.addAttribute(
        "chart",
        ChartView.of(
            metrics.definition(shown.metric()), series, Duration.ofHours(range.hours()), now));
  }

  private List<Reading> series(TenantId tenant, Reading shown, Range range, Instant now) {
    Instant from = now.minus(Duration.ofHours(range.hours()));
    return readings.window(tenant, shown.patient(), shown.metric(), from, now, Long.MAX_VALUE);
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
