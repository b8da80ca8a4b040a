package dev.vigil.telemetry.erasure;

import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.PersonErased;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.telemetry.retention.LegalHolds;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Use case: erases a person. Destroys their key, without which their parts of the log are noise,
 * and deletes their newest values, in one transaction; the chain of the log still verifies. From
 * then on nothing more is taken in about them. Processes that remember the key forget it within
 * {@link DataKeys#MEMORY}. Their Observations go afterwards, by an {@link ErasureSweep}: so nobody
 * who writes waits for them.
 *
 * <p>It reaches {@code telemetry} alone. The Patient and what else the FHIR store holds about the
 * person is the caller's part; readers of the log learn of the event. Assignments of devices, which
 * hold ids alone, stay, and so do events that a version before encryption wrote in clear: readers
 * of the log no longer see these, a superuser does.
 */
public final class ErasePerson {

  /**
   * What was erased.
   *
   * @param sequence of the event that tells about it
   * @param readings how many were deleted
   */
  public record Erased(long sequence, int readings) {}

  private final TransactionOperations transactions;
  private final EventLog log;
  private final DataKeys keys;
  private final Readings readings;
  private final LegalHolds holds;
  private final ErasureTable table;
  private final Clock clock;

  /** Erases in a transaction of its own, or in the one that is open. */
  public ErasePerson(
      TransactionOperations transactions,
      EventLog log,
      DataKeys keys,
      Readings readings,
      LegalHolds holds,
      ErasureTable table,
      Clock clock) {
    this.transactions = transactions;
    this.log = log;
    this.keys = keys;
    this.readings = readings;
    this.holds = holds;
    this.table = table;
    this.clock = clock;
  }

  /**
   * Erases, for good.
   *
   * @param patientPid by which Observations name the Patient; empty if there never was one
   * @param source who asked for it
   * @throws ProblemException CONFLICT if it was done before, or the person's data is held
   */
  public Erased erase(TenantId tenant, PatientId patient, OptionalLong patientPid, Source source) {
    return transactions.execute(
        status -> {
          // Whoever seals with the key or stores readings does so under this lock.
          log.lock();
          if (holds.holds(tenant, patient)) {
            throw new ProblemException(
                Problem.conflict("Patient", "this person's data is under a legal hold"));
          }
          if (!keys.destroy(tenant, patient)) {
            throw new ProblemException(
                Problem.conflict("Patient.id", "this person's data has been erased before"));
          }
          int deleted = readings.erase(tenant, patient);
          Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
          table.add(tenant, patient, patientPid, now);
          long sequence = log.append(tenant, source, new PersonErased(patient, now));
          return new Erased(sequence, deleted);
        });
  }
}
