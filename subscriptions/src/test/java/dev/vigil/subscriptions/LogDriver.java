package dev.vigil.subscriptions;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.AlertEvent;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.subscriptions.alert.AlertDesk;
import dev.vigil.subscriptions.alert.AlertRecords;
import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.erasure.ErasePerson;
import dev.vigil.telemetry.erasure.ErasureTable;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.reader.LogReader;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.telemetry.retention.LegalHolds;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** A database with log, readings and alerts; messages go in, a reader is driven by hand. */
public final class LogDriver implements AutoCloseable {

  public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  public final TestDatabase database =
      TestDatabase.fresh("template_subscriptions", SubscriptionsSchema::migrate);
  public final NamedParameterJdbcTemplate jdbc =
      new NamedParameterJdbcTemplate(database.dataSource());
  public final EventLog log =
      new PostgresEventLog(
          database.dataSource(),
          database.keys(),
          Clock.fixed(NOW, ZoneOffset.UTC),
          new LogSignal());
  private final ReadingJournal journal = new ReadingJournal(database, log);
  public final Readings readings = journal.readings();

  /** What would be in the FHIR store: JSON by tenant and id. */
  public final Map<String, String> issues = new TreeMap<>();

  public final AlertRecords records =
      (tenant, issue) ->
          issues.put(
              tenant + "/" + issue.getIdPart(),
              FhirContext.forR4Cached().newJsonParser().encodeResourceToString(issue));
  public final AlertDesk desk = new AlertDesk(jdbc, records, log);

  private long position;

  /** A message is committed. */
  public void message(TenantId tenant, List<Reading> samples) {
    journal.write(tenant, samples);
  }

  /** A message about other resources is committed. */
  public void write(TenantId tenant, List<ResourceChange> changes) {
    journal.write(tenant, new ResourcesWritten(changes, List.of()));
  }

  /** An Observation is deleted. */
  public void takeBack(TenantId tenant, ObservationId observation) {
    journal.takeBack(tenant, observation);
  }

  /** A person is erased. */
  public void erase(TenantId tenant, PatientId patient) {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    new ErasePerson(
            database.transactions(),
            log,
            database.keys(),
            readings,
            new LegalHolds(database.dataSource(), database.transactions(), log, clock),
            new ErasureTable(database.dataSource()),
            clock)
        .erase(tenant, patient, OptionalLong.empty(), new Source("fhir", "admin"));
  }

  /** The reader takes what is new, in one transaction that moves its position. */
  public void drive(LogReader reader) {
    drive(reader, 10_000);
  }

  /** The same, at most that many events. */
  public void drive(LogReader reader, int most) {
    List<LoggedEvent> events = log.read(position, most);
    database.transactions().executeWithoutResult(status -> reader.accept(events));
    position += events.size();
  }

  /** Whether the reader has not taken all there is. */
  public boolean behind() {
    return position < log.head();
  }

  /** As if the process were killed just before the commit. */
  public void driveAndDie(LogReader reader) {
    List<LoggedEvent> events = log.read(position, 10_000);
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              reader.accept(events);
              status.setRollbackOnly();
            });
  }

  public List<AlertEvent> alertEvents(TenantId tenant) {
    return log.read(0, 100_000).stream()
        .filter(event -> event.tenant().equals(tenant))
        .map(LoggedEvent::event)
        .filter((Event event) -> event instanceof AlertEvent)
        .map(AlertEvent.class::cast)
        .toList();
  }

  @Override
  public void close() {
    database.close();
  }
}
