package dev.vigil.server.dashboard;

import dev.vigil.core.TenantId;
import dev.vigil.subscriptions.alert.AlertBoard;
import dev.vigil.telemetry.reader.ReaderHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Puts the page "Now" together. */
@Component
class NowBoard {

  /** The engine is late when an event has waited that long for its judgement (rule SYS-04). */
  private static final Duration LATE = Duration.ofSeconds(10);

  private static final String RULES = "rules";

  private final AlertBoard alerts;
  private final AlertViews views;
  private final SilentDevices silent;
  private final ReaderHealth health;

  NowBoard(AlertBoard alerts, AlertViews views, SilentDevices silent, ReaderHealth health) {
    this.alerts = alerts;
    this.views = views;
    this.silent = silent;
    this.health = health;
  }

  NowView now(TenantId tenant) {
    List<AlertView> open = views.of(tenant, alerts.open(tenant));
    return new NowView(
        warnings(),
        raised(open, "high"),
        open.stream().filter(alert -> alert.state().equals("acknowledged")).toList(),
        onePerPatient(raised(open, "medium")),
        open.stream()
            .filter(alert -> alert.state().equals("raised"))
            .filter(alert -> alert.tier().equals("low") || alert.tier().equals("tech"))
            .toList(),
        silent.of(tenant));
  }

  private static List<AlertView> raised(List<AlertView> open, String tier) {
    return open.stream()
        .filter(alert -> alert.state().equals("raised") && alert.tier().equals(tier))
        .toList();
  }

  private static List<AlertView> onePerPatient(List<AlertView> alerts) {
    Map<String, List<AlertView>> byPatient = new LinkedHashMap<>();
    alerts.forEach(
        alert ->
            byPatient.computeIfAbsent(alert.patientId(), unseen -> new ArrayList<>()).add(alert));
    return byPatient.values().stream()
        .map(group -> group.get(0).standingForMore(group.size() - 1))
        .toList();
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    Duration behind = health.behind(RULES);
    if (behind.compareTo(LATE) > 0) {
      warnings.add(
          "Rules are late: readings have waited " + behind.toSeconds() + " s for their judgement.");
    }
    long parked = health.parked(RULES);
    if (parked > 0) {
      warnings.add(
          parked + " messages could not be judged by the rules. Tell the engineer on duty.");
    }
    return warnings;
  }
}
