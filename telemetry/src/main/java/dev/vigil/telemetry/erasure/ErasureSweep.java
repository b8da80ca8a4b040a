package dev.vigil.telemetry.erasure;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.Observations;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Deletes the Observations of erased persons, some at a time and each time in a transaction of its
 * own, so that others can write meanwhile. What a crash leaves is deleted at the next turn; an
 * erasure is looked at again for a while, in case that a write which began before it ended after.
 */
public final class ErasureSweep {

  /** What was copied out of the Observations, for instance exports. */
  @FunctionalInterface
  public interface Copies {

    /** Takes back what a tenant's was copied until now, in the transaction that is open. */
    void takeBack(TenantId tenant);
  }

  private static final Logger log = LoggerFactory.getLogger(ErasureSweep.class);

  private static final int AT_ONCE = 1_000;
  private static final Duration LONGEST_WRITE = Duration.ofMinutes(15);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final TransactionOperations transactions;
  private final Observations observations;
  private final ErasureTable table;
  private final Copies copies;
  private final Clock clock;

  /**
   * Deletes there.
   *
   * @param copies told within each transaction that deletes some
   */
  public ErasureSweep(
      TransactionOperations transactions,
      Observations observations,
      ErasureTable table,
      Copies copies,
      Clock clock) {
    this.transactions = transactions;
    this.observations = observations;
    this.table = table;
    this.copies = copies;
    this.clock = clock;
  }

  /**
   * Deletes what is left of every erasure.
   *
   * @param stopping whether to leave the rest to the next turn
   */
  public void sweep(BooleanSupplier stopping) throws InterruptedException {
    for (ErasureTable.Open erasure : table.all()) {
      if (stopping.getAsBoolean()) {
        return;
      }
      sweep(erasure, stopping);
    }
  }

  /**
   * Deletes the Observations of one erased person, all there are.
   *
   * @return how many
   */
  public long sweep(TenantId tenant, PatientId patient) throws InterruptedException {
    long count = 0;
    for (ErasureTable.Open erasure : table.all()) {
      if (erasure.tenant().equals(tenant) && erasure.patient().equals(patient)) {
        count += sweep(erasure, () -> false);
      }
    }
    return count;
  }

  private long sweep(ErasureTable.Open erasure, BooleanSupplier stopping)
      throws InterruptedException {
    long count = 0;
    boolean done = erasure.patientPid() == null;
    while (!done && !stopping.getAsBoolean()) {
      Observations.Erased step = transactions.execute(status -> step(erasure));
      count += step.count();
      done = step.done();
      if (!done && step.count() == 0) {
        Thread.sleep(PAUSE.toMillis()); // Somebody is writing what is left.
      }
    }
    if (count > 0) {
      log.info("observations of an erased person deleted count={}", count);
    }
    if (done) {
      table.remove(erasure, clock.instant().minus(LONGEST_WRITE));
    }
    return count;
  }

  private Observations.Erased step(ErasureTable.Open erasure) {
    Observations.Erased step =
        observations.eraseSubject(erasure.tenant(), erasure.patientPid(), AT_ONCE);
    if (step.count() > 0) {
      copies.takeBack(erasure.tenant());
    }
    return step;
  }
}
