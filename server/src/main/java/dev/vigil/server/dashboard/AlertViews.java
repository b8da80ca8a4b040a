package dev.vigil.server.dashboard;

import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.subscriptions.alert.TrackedAlert;
import dev.vigil.telemetry.reading.Readings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Turns alerts into cards: adds the name, the newest value, its trend and its age. */
@Component
class AlertViews {

  /** How far back the value before the newest one may lie. */
  private static final Duration TREND_REACH = Duration.ofMinutes(30);

  private final Ward ward;
  private final Readings readings;
  private final Clock clock;

  AlertViews(Ward ward, Readings readings, Clock clock) {
    this.ward = ward;
    this.readings = readings;
    this.clock = clock;
  }

  List<AlertView> of(TenantId tenant, List<TrackedAlert> alerts) {
    Map<PatientId, String> names = new HashMap<>();
    return alerts.stream()
        .map(
            alert ->
                view(
                    tenant,
                    alert,
                    names.computeIfAbsent(alert.patient(), id -> ward.patient(tenant, id))))
        .toList();
  }

  private AlertView view(TenantId tenant, TrackedAlert tracked, String patient) {
    Reading trigger = tracked.alert().trigger();
    Instant now = clock.instant();
    Instant from = trigger.measuredAt().minus(TREND_REACH);
    List<Reading> recent =
        readings.window(tenant, tracked.patient(), trigger.metric(), from, now, Long.MAX_VALUE);
    Reading newest = recent.isEmpty() ? trigger : recent.get(recent.size() - 1);
    return new AlertView(
        tracked.alert().id().value(),
        tracked.state().code(),
        tracked.alert().tier().name().toLowerCase(Locale.ROOT),
        tracked.alert().title(),
        tracked.alert().rule(),
        tracked.patient().value(),
        patient,
        Ward.value(newest),
        Trend.of(recent),
        newest.measuredAt(),
        tracked.raisedAt(),
        tracked.acknowledged().map(mark -> mark.actor().name()).orElse(null),
        tracked.clearedAt().isPresent(),
        0);
  }
}
