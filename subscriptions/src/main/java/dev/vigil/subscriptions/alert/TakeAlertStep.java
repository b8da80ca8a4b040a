package dev.vigil.subscriptions.alert;

import dev.vigil.core.AlertId;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.Actor;
import dev.vigil.telemetry.log.Source;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.springframework.transaction.support.TransactionOperations;

/** Use case: a person takes a step with an alert. Of two at once one wins, the other is told. */
public final class TakeAlertStep {

  private final AlertDesk desk;
  private final TransactionOperations transactions;
  private final Clock clock;

  /** Runs each step in a transaction of its own, or in the one that is open. */
  public TakeAlertStep(AlertDesk desk, TransactionOperations transactions, Clock clock) {
    this.desk = desk;
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Takes the step.
   *
   * @param reason their words; empty if they gave none
   * @param source the door they came by
   * @return the alert after the step
   * @throws dev.vigil.core.ProblemException NOT_FOUND or CONFLICT
   */
  public TrackedAlert take(
      AlertStep step, TenantId tenant, AlertId alert, Actor actor, String reason, Source source) {
    TrackedAlert.Mark mark =
        new TrackedAlert.Mark(actor, reason, clock.instant().truncatedTo(ChronoUnit.MILLIS));
    return transactions.execute(
        status ->
            switch (step) {
              case ACKNOWLEDGE -> desk.acknowledge(tenant, alert, mark, source);
              case RESOLVE -> desk.resolve(tenant, alert, mark, source);
            });
  }
}
