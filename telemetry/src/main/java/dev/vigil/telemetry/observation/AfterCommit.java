package dev.vigil.telemetry.observation;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Lets a cache learn of a row only when no rollback can take the row away again. */
public final class AfterCommit {

  private AfterCommit() {}

  /** Runs after the open transaction has committed; at once when there is none. */
  public static void run(Runnable step) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      step.run();
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            step.run();
          }
        });
  }
}
