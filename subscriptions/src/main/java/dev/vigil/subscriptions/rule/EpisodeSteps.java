package dev.vigil.subscriptions.rule;

import dev.vigil.core.AlertId;
import dev.vigil.core.TenantId;
import dev.vigil.subscriptions.alert.AlertDesk;
import dev.vigil.telemetry.log.LoggedEvent;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what the engine decided to the desk of alerts. */
final class EpisodeSteps {

  private static final Logger log = LoggerFactory.getLogger(EpisodeSteps.class);

  private final AlertDesk desk;

  EpisodeSteps(AlertDesk desk) {
    this.desk = desk;
  }

  /** Hands each step over; the state then names the alert that is really active. */
  FamilyState take(LoggedEvent event, RuleEngine.Outcome outcome) {
    TenantId tenant = event.tenant();
    Map<AlertId, AlertId> active = new HashMap<>();
    for (Step step : outcome.steps()) {
      if (step instanceof Step.Raise raise) {
        raise
            .replaced()
            .ifPresent(
                lower ->
                    desk.replace(
                        tenant,
                        active.getOrDefault(lower.alert(), lower.alert()),
                        raise.alert().rule(),
                        event.recordedAt()));
        active.put(raise.alert().id(), desk.raise(tenant, raise.alert(), event.recordedAt()));
        log.info(
            "alert raised rule={} tier={} sequence={}",
            raise.alert().rule(),
            raise.alert().tier(),
            event.sequence());
      } else if (step instanceof Step.Clear clear) {
        AlertId alert = clear.episode().alert();
        desk.clear(
            tenant, active.getOrDefault(alert, alert), clear.clearedAt(), event.recordedAt());
      }
    }
    FamilyState state = outcome.state();
    return new FamilyState(
        state.decidedAt(),
        state
            .open()
            .map(
                open ->
                    new Episode(
                        open.rule(),
                        open.tier(),
                        active.getOrDefault(open.alert(), open.alert()),
                        open.device(),
                        open.raisedAt())));
  }
}
