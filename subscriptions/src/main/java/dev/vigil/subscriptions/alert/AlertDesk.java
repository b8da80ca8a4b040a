package dev.vigil.subscriptions.alert;

import dev.vigil.core.AlertId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.core.event.Actor;
import dev.vigil.core.event.Alert;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertEvent;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.AlertResolved;
import dev.vigil.subscriptions.alert.TrackedAlert.Mark;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.Source;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Every step in the life of an alert: changes the row, saves the DetectedIssue, appends the event.
 * All of it in the caller's transaction. Time comes from the caller, so that a replay repeats it.
 */
public final class AlertDesk {

  /** Vigil itself, where it closes what nobody has to. */
  public static final Actor VIGIL = new Actor("Device/vigil", "Vigil");

  /** Why an alert that does not latch was closed. */
  public static final String CONDITION_CLEARED = "condition cleared";

  private static final Source RULES = new Source("rules", "vigil");

  private final AlertTable table;
  private final AlertRecords records;
  private final EventLog log;

  /** Writes rows, DetectedIssues and events there. */
  public AlertDesk(NamedParameterJdbcTemplate jdbc, AlertRecords records, EventLog log) {
    this.table = new AlertTable(jdbc);
    this.records = records;
    this.log = log;
  }

  /**
   * Raises. If an alert of the same rule, tier and patient is still open, because its condition was
   * over but nobody had acknowledged it, that one becomes active again.
   *
   * @return the alert that is active now
   */
  public AlertId raise(TenantId tenant, Alert found, Instant at) {
    Optional<TrackedAlert> open =
        table.openAlert(tenant, found.trigger().patient(), found.rule(), found.tier());
    AlertId id = open.map(tracked -> tracked.alert().id()).orElse(found.id());
    if (open.isPresent()) {
      table.returned(tenant, id, found);
    } else {
      table.insert(tenant, found, at);
    }
    Alert alert = saved(tenant, id).alert();
    log.append(tenant, RULES, new AlertRaised(alert, at));
    return id;
  }

  /** Deletes the alerts of a person who was erased; their DetectedIssues are gone already. */
  public void forget(TenantId tenant, PatientId patient) {
    table.forget(tenant, patient);
  }

  /** Closes an alert that one of a higher rank takes over from; nothing if it is closed already. */
  public void replace(TenantId tenant, AlertId id, String byRule, Instant at) {
    closeByVigil(tenant, id, "replaced by " + byRule, at);
  }

  /**
   * Notes that the condition is over. A high alert that nobody acknowledged stays open until
   * somebody does; every other one is closed with it.
   *
   * @param clearedAt event time
   */
  public void clear(TenantId tenant, AlertId id, Instant clearedAt, Instant at) {
    table.cleared(tenant, id, clearedAt);
    TrackedAlert tracked = saved(tenant, id);
    if (tracked.state() == AlertState.RESOLVED) {
      return;
    }
    log.append(tenant, RULES, new AlertCleared(tracked.alert(), clearedAt, at));
    boolean latches = tracked.alert().tier() == Tier.HIGH && tracked.state() == AlertState.RAISED;
    if (!latches) {
      closeByVigil(tenant, id, CONDITION_CLEARED, at);
    }
  }

  /**
   * Somebody takes an alert on. If its condition is over already, nothing is left to do and it is
   * closed too.
   *
   * @throws ProblemException NOT_FOUND if the tenant has no such alert, CONFLICT if it was
   *     acknowledged or resolved before
   */
  public TrackedAlert acknowledge(TenantId tenant, AlertId id, Mark mark, Source source) {
    if (!table.acknowledge(tenant, id, mark)) {
      throw illegal(tenant, id);
    }
    TrackedAlert tracked = saved(tenant, id);
    append(
        tenant,
        source,
        new AlertAcknowledged(tracked.alert(), mark.actor(), mark.reason(), mark.at()));
    if (tracked.clearedAt().isPresent()) {
      closeByVigil(tenant, id, CONDITION_CLEARED, mark.at());
    }
    return table.find(tenant, id).orElseThrow();
  }

  /**
   * Somebody closes an alert, acknowledged or not.
   *
   * @throws ProblemException NOT_FOUND if the tenant has no such alert, CONFLICT if it is resolved
   */
  public TrackedAlert resolve(TenantId tenant, AlertId id, Mark mark, Source source) {
    if (!table.resolve(tenant, id, mark)) {
      throw illegal(tenant, id);
    }
    TrackedAlert tracked = saved(tenant, id);
    append(
        tenant, source, new AlertResolved(tracked.alert(), mark.actor(), mark.reason(), mark.at()));
    return tracked;
  }

  private void closeByVigil(TenantId tenant, AlertId id, String reason, Instant at) {
    Mark mark = new Mark(VIGIL, reason, at);
    if (table.resolve(tenant, id, mark)) {
      append(tenant, RULES, new AlertResolved(saved(tenant, id).alert(), VIGIL, reason, at));
    }
  }

  private void append(TenantId tenant, Source source, AlertEvent event) {
    log.append(tenant, source, event);
  }

  private TrackedAlert saved(TenantId tenant, AlertId id) {
    TrackedAlert tracked = table.find(tenant, id).orElseThrow();
    records.save(tenant, DetectedIssueMapper.issue(tracked));
    return tracked;
  }

  private ProblemException illegal(TenantId tenant, AlertId id) {
    return new ProblemException(
        table
            .find(tenant, id)
            .map(
                tracked ->
                    Problem.conflict(
                        "DetectedIssue.extension('" + DetectedIssueMapper.STATE + "')",
                        conflict(tracked)))
            .orElseGet(() -> Problem.notFound("DetectedIssue.id", "there is no such alert")));
  }

  private static String conflict(TrackedAlert tracked) {
    Mark last = tracked.resolved().or(tracked::acknowledged).orElseThrow();
    String who = last.actor().reference().replaceAll("/.*", "");
    return "the alert is " + tracked.state().code() + " since " + last.at() + " by a " + who;
  }
}
