package dev.vigil.server.dashboard;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.server.dashboard.AlertViews.Shown;
import dev.vigil.server.dashboard.NowView.SilentDevice;
import dev.vigil.server.dashboard.SilentDevices.Silence;
import dev.vigil.subscriptions.alert.AlertBoard;
import dev.vigil.subscriptions.alert.AlertState;
import dev.vigil.subscriptions.alert.TrackedAlert;
import dev.vigil.telemetry.reader.ReaderHealth;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Puts the page "Now" together. Its price does not grow with the ward: the alerts, the newest
 * readings, the devices and the names are read at once each; only the trend takes a look for each
 * signal with an alert.
 */
@Component
class NowBoard {

  /** The engine is late when an event has waited that long for its judgement (rule SYS-04). */
  private static final Duration LATE = Duration.ofSeconds(10);

  private static final String RULES = "rules";

  private final AlertBoard alerts;
  private final AlertViews views;
  private final Readings readings;
  private final SilentDevices silent;
  private final Ward ward;
  private final MetricCatalog metrics;
  private final ReaderHealth health;

  NowBoard(
      AlertBoard alerts,
      AlertViews views,
      Readings readings,
      SilentDevices silent,
      Ward ward,
      MetricCatalog metrics,
      ReaderHealth health) {
    this.alerts = alerts;
    this.views = views;
    this.readings = readings;
    this.silent = silent;
    this.ward = ward;
    this.metrics = metrics;
    this.health = health;
  }

  NowView now(TenantId tenant) {
    List<TrackedAlert> open = alerts.open(tenant);
    List<Silence> silences = silent.of(tenant);
    Map<PatientId, String> names =
        ward.patients(
            tenant,
            Stream.concat(
                    open.stream().map(TrackedAlert::patient),
                    silences.stream().map(Silence::patient))
                .collect(Collectors.toSet()));
    List<Reading> latest = open.isEmpty() ? List.of() : readings.latest(tenant);
    return new NowView(
        warnings(),
        views.of(tenant, each(open, raised(Tier.HIGH)), names, latest),
        views.of(
            tenant, each(open, alert -> alert.state() == AlertState.ACKNOWLEDGED), names, latest),
        views.of(tenant, onePerPatient(open, raised(Tier.MEDIUM)), names, latest),
        views.of(tenant, each(open, raised(Tier.LOW).or(raised(Tier.TECH))), names, latest),
        rows(tenant, silences, names));
  }

  private static Predicate<TrackedAlert> raised(Tier tier) {
    return alert -> alert.state() == AlertState.RAISED && alert.alert().tier() == tier;
  }

  private static List<Shown> each(List<TrackedAlert> open, Predicate<TrackedAlert> which) {
    return open.stream().filter(which).map(alert -> new Shown(alert, 0)).toList();
  }

  private static List<Shown> onePerPatient(List<TrackedAlert> open, Predicate<TrackedAlert> which) {
    Map<PatientId, List<TrackedAlert>> byPatient =
        open.stream()
            .filter(which)
            .collect(
                Collectors.groupingBy(
                    TrackedAlert::patient, LinkedHashMap::new, Collectors.toList()));
    return byPatient.values().stream()
        .map(group -> new Shown(group.get(0), group.size() - 1))
        .toList();
  }

  private List<SilentDevice> rows(
      TenantId tenant, List<Silence> silences, Map<PatientId, String> names) {
    Set<DeviceId> ids = silences.stream().map(Silence::device).collect(Collectors.toSet());
    Map<DeviceId, String> devices = ward.devices(tenant, ids);
    return silences.stream()
        .map(
            silence ->
                new SilentDevice(
                    silence.patient().value(),
                    names.get(silence.patient()),
                    devices.get(silence.device()),
                    signals(silence),
                    silence.lastHeard()))
        .toList();
  }

  private String signals(Silence silence) {
    return silence.metrics().isEmpty()
        ? "everything"
        : silence.metrics().stream()
            .map(metric -> metrics.definition(metric).display())
            .collect(Collectors.joining(", "));
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    Duration behind = health.behind(RULES);
    if (behind.compareTo(LATE) > 0) {
      warnings.add(
          "Alerts are late: readings have waited "
              + Ages.words(behind)
              + " for the rules. Watch the devices themselves.");
    }
    long parked = health.parked(RULES);
    if (parked > 0) {
      warnings.add(parked + " messages were left out by the rules. Tell the engineer on duty.");
    }
    return warnings;
  }
}
