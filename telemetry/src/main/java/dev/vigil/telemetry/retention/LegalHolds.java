package dev.vigil.telemetry.retention;

import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.LegalHoldPlaced;
import dev.vigil.core.event.LegalHoldReleased;
import dev.vigil.telemetry.Timestamptz;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.Source;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Persons of whom nothing is deleted: neither by retention nor by an erasure. */
public final class LegalHolds {

  /**
   * A hold.
   *
   * @param matter a reference to why, such as a file number; names nobody
   */
  public record Hold(PatientId patient, String matter, Instant placedAt) {}

  private static final int LONGEST_MATTER = 100;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final EventLog log;
  private final Clock clock;

  /** On the data source of the transactions and the log. */
  public LegalHolds(
      DataSource dataSource, TransactionOperations transactions, EventLog log, Clock clock) {
    this.jdbc = JdbcClient.create(dataSource);
    this.transactions = transactions;
    this.log = log;
    this.clock = clock;
  }

  /** The holds of a tenant, the oldest first. */
  public List<Hold> of(TenantId tenant) {
    return jdbc.sql(
            """
            select patient_id, matter, placed_at from telemetry.legal_hold
            where tenant_id = :tenant order by placed_at, patient_id
            """)
        .param("tenant", tenant.value())
        .query(
            (row, n) ->
                new Hold(
                    new PatientId(row.getString("patient_id")),
                    row.getString("matter"),
                    row.getObject("placed_at", OffsetDateTime.class).toInstant()))
        .list();
  }

  /** Whose data is held. */
  Set<PatientId> held(TenantId tenant) {
    return of(tenant).stream().map(Hold::patient).collect(Collectors.toSet());
  }

  /**
   * Whether nothing of a person may be deleted. Ask under the lock of the log: nobody places a hold
   * meanwhile.
   */
  public boolean holds(TenantId tenant, PatientId patient) {
    return jdbc.sql(
                """
            select count(*) from telemetry.legal_hold
            where tenant_id = :tenant and patient_id = :patient
            """)
            .param("tenant", tenant.value())
            .param("patient", patient.value())
            .query(Long.class)
            .single()
        > 0;
  }

  /**
   * Places a hold; an event tells so. It holds what is there when it returns.
   *
   * @throws ProblemException CONFLICT if there is one; INVALID without a short matter
   */
  public void place(TenantId tenant, PatientId patient, String matter, Source source) {
    if (matter.isBlank() || matter.length() > LONGEST_MATTER) {
      throw new ProblemException(
          Problem.invalid("matter", "is empty or longer than " + LONGEST_MATTER + " characters"));
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    transactions.executeWithoutResult(
        status -> {
          log.lock();
          if (holds(tenant, patient)) {
            throw new ProblemException(
                Problem.conflict("patient", "is under a legal hold already"));
          }
          jdbc.sql(
                  """
                  insert into telemetry.legal_hold (tenant_id, patient_id, matter, placed_at)
                  values (:tenant, :patient, :matter, :now)
                  """)
              .param("tenant", tenant.value())
              .param("patient", patient.value())
              .param("matter", matter)
              .param("now", Timestamptz.of(now))
              .update();
          log.append(tenant, source, new LegalHoldPlaced(patient, matter, now));
        });
  }

  /**
   * Releases a hold; an event tells so.
   *
   * @throws ProblemException NOT_FOUND if there is none
   */
  public void release(TenantId tenant, PatientId patient, Source source) {
    transactions.executeWithoutResult(
        status -> {
          log.lock();
          int released =
              jdbc.sql(
                      """
                      delete from telemetry.legal_hold
                      where tenant_id = :tenant and patient_id = :patient
                      """)
                  .param("tenant", tenant.value())
                  .param("patient", patient.value())
                  .update();
          if (released == 0) {
            throw new ProblemException(Problem.notFound("patient", "is under no legal hold"));
          }
          log.append(
              tenant,
              source,
              new LegalHoldReleased(patient, clock.instant().truncatedTo(ChronoUnit.MICROS)));
        });
  }
}
