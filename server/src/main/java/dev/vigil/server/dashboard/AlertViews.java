package dev.vigil.server.dashboard;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.subscriptions.alert.TrackedAlert;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.terminology.metric.MetricCatalog;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Turns alerts into cards: adds the name, the newest value of the signal and its trend. */
@Component
class AlertViews {

  /** A signal of a patient. */
  record Signal(PatientId patient, Metric metric) {

    static Signal of(Reading reading) {
      return new Signal(reading.patient(), reading.metric());
    }
  }

  /** An alert to show, and how many others it stands for. */
  record Shown(TrackedAlert alert, int more) {}

  private final Readings readings;
  private final MetricCatalog metrics;

  AlertViews(Readings readings, MetricCatalog metrics) {
    this.readings = readings;
    this.metrics = metrics;
  }

  /**
   * In the given order. Costs one look into the readings for each signal.
   *
   * @param names of all the patients
   * @param latest newest readings of at least the patients with an alert
   */
  List<AlertView> of(
      TenantId tenant, List<Shown> alerts, Map<PatientId, String> names, List<Reading> latest) {
    Map<Signal, Reading> newest = new HashMap<>();
    latest.forEach(reading -> newest.put(Signal.of(reading), reading));
    Map<Signal, Trend> trends = new HashMap<>();
    return alerts.stream()
        .map(
            shown -> {
              Reading trigger = shown.alert().alert().trigger();
              Reading last =
                  Optional.ofNullable(newest.get(Signal.of(trigger)))
                      .filter(found -> found.measuredAt().isAfter(trigger.measuredAt()))
                      .orElse(trigger);
              Trend trend =
                  trends.computeIfAbsent(Signal.of(trigger), unseen -> trend(tenant, last));
              return view(shown, names.get(shown.alert().patient()), last, trend);
            })
        .toList();
  }

  private Trend trend(TenantId tenant, Reading newest) {
    return Trend.of(
        readings.window(
            tenant,
            newest.patient(),
            newest.metric(),
            newest.measuredAt().minus(Trend.REACH),
            newest.measuredAt(),
            Long.MAX_VALUE));
  }

  private AlertView view(Shown shown, String patient, Reading newest, Trend trend) {
    TrackedAlert tracked = shown.alert();
    return new AlertView(
        tracked.alert().id().value(),
        tracked.state().code(),
        tracked.alert().tier().name().toLowerCase(Locale.ROOT),
        tracked.alert().title(),
        tracked.alert().rule(),
        tracked.alert().ruleVersion(),
        tracked.patient().value(),
        patient,
        view(newest),
        trend,
        tracked.raisedAt(),
        tracked.acknowledged().map(mark -> mark.actor().name()).orElse(null),
        tracked.acknowledged().map(TrackedAlert.Mark::at).orElse(null),
        tracked.clearedAt().isPresent(),
        tracked.alert().evidence().stream().map(this::view).toList(),
        shown.more());
  }

  ReadingView view(Reading reading) {
    return ReadingView.of(metrics.definition(reading.metric()).display(), reading);
  }
}
