package dev.vigil.telemetry.erasure;

import static dev.vigil.telemetry.TestReadings.DEVICE;
import static dev.vigil.telemetry.TestReadings.GLUCOSE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.alert;
import static dev.vigil.telemetry.TestReadings.created;
import static dev.vigil.telemetry.TestReadings.glucose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.PatientId;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.ContentErased;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.TestReadings;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.log.ChainVerifier;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.reading.ReadingsRebuild;
import dev.vigil.telemetry.retention.LegalHolds;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Hazard: an erased person that is not, or the data of others that goes with theirs. */
@Tag("safety")
class ErasePersonTest {

  private static final Source SOURCE = new Source("fhir", "gateway");
  private static final PatientId OTHER = new PatientId("ward-2");

  /** Time that a test moves. */
  private static final class MovingClock extends Clock {
    private Instant now = NOON;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private final MovingClock clock = new MovingClock();
  private TestDatabase database;
  private PostgresEventLog log;
  private PostgresEventLog elsewhere;
  private ReadingJournal journal;
  private LegalHolds holds;
  private ErasePerson erasePerson;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    DataKeys keys = keys();
    log = log(keys);
    elsewhere = log(keys());
    journal = new ReadingJournal(database, log);
    holds = new LegalHolds(database.dataSource(), database.transactions(), log, clock);
    erasePerson =
        new ErasePerson(
            database.transactions(),
            log,
            keys,
            journal.readings(),
            holds,
            new ErasureTable(database.dataSource()),
            clock);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private DataKeys keys() {
    return new DataKeys(database.dataSource(), TestDatabase.keyService(), clock);
  }

  private PostgresEventLog log(DataKeys keys) {
    return new PostgresEventLog(database.dataSource(), keys, clock, new LogSignal());
  }

  private void write(Event event) {
    if (event instanceof ResourcesWritten written) {
      journal.write(TENANT, written);
    } else {
      database.transactions().executeWithoutResult(s -> log.append(TENANT, SOURCE, event));
    }
  }

  private static Reading ofOther(String id) {
    return TestReadings.reading(id, DEVICE, OTHER, Quantity.of("7.70", "mmol/L"), NOON);
  }

  private List<Reading> readingsOf(PatientId patient) {
    return journal
        .readings()
        .window(TENANT, patient, GLUCOSE, Instant.MIN, Instant.MAX, Long.MAX_VALUE);
  }

  @Test
  void takesOnePersonOutOfAMessageAboutSeveralAndTheChainStillVerifies() {
    ResourceChange device = new ResourceChange("Device", "d-1", 1, Action.CREATED);
    write(
        new ResourcesWritten(
            List.of(
                created("o-1", PATIENT), device, created("o-2", OTHER), created("o-3", PATIENT)),
            List.of(glucose("o-1", "6.30", NOON), ofOther("o-2"), glucose("o-3", "6.40", NOON))));
    write(new AlertRaised(alert(), NOON));
    assertThat(elsewhere.read(0, 10)).hasSize(2);

    ErasePerson.Erased erased = erasePerson.erase(TENANT, PATIENT, OptionalLong.empty(), SOURCE);

    assertThat(erased).isEqualTo(new ErasePerson.Erased(3, 2));
    List<Event> expected =
        List.of(
            new ResourcesWritten(List.of(device, created("o-2", OTHER)), List.of(ofOther("o-2"))),
            new ContentErased(),
            new PersonErased(PATIENT, NOON));
    assertThat(log.read(0, 10)).extracting(LoggedEvent::event).containsExactlyElementsOf(expected);
    assertThat(log.follow(0, 10).get(0).event())
        .as("what the process remembers that wrote it")
        .isEqualTo(
            new ResourcesWritten(
                List.of(
                    device,
                    new ResourceChange(
                        "Observation",
                        "o-2",
                        1,
                        Action.CREATED,
                        Optional.of(OTHER),
                        Optional.empty())),
                List.of(ofOther("o-2"))));
    assertThat(new ChainVerifier(database.dataSource()).verify().broken()).isEmpty();
    assertThat(readingsOf(PATIENT)).isEmpty();
    assertThat(readingsOf(OTHER)).hasSize(1);
    assertThat(journal.readings().latest(TENANT, PATIENT)).isEmpty();

    clock.now = NOON.plus(DataKeys.MEMORY);
    assertThat(elsewhere.read(0, 10))
        .as("a process that remembered the key")
        .extracting(LoggedEvent::event)
        .containsExactlyElementsOf(expected);

    new ReadingsRebuild(
            database.dataSource(), database.transactionManager(), log, MetricCatalog.standard())
        .rebuild((done, total) -> {});
    assertThat(readingsOf(PATIENT)).as("readings that come back").isEmpty();
    assertThat(journal.readings().latest(TENANT, PATIENT)).isEmpty();
    assertThat(journal.readings().latest(TENANT, OTHER)).hasSize(1);
  }

  @Test
  void takesInNothingMoreAboutThePersonButThatThePatientIsGone() {
    write(TestReadings.written("o-1"));
    assertThat(elsewhere.read(0, 10)).hasSize(1);
    erasePerson.erase(TENANT, PATIENT, OptionalLong.empty(), SOURCE);

    assertThatThrownBy(() -> write(TestReadings.written("o-2")))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(
            () ->
                database
                    .transactions()
                    .executeWithoutResult(
                        s -> elsewhere.append(TENANT, SOURCE, TestReadings.written("o-3"))))
        .as("a process that remembers the key")
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> erasePerson.erase(TENANT, PATIENT, OptionalLong.empty(), SOURCE))
        .isInstanceOf(ProblemException.class);
    ResourcesWritten gone =
        new ResourcesWritten(
            List.of(new ResourceChange("Patient", PATIENT.value(), 2, Action.DELETED)), List.of());
    write(gone);

    assertThat(log.read(2, 10)).extracting(LoggedEvent::event).containsExactly(gone);
  }

  @Test
  void erasesSomebodyOfWhomNothingIsKnownYetAndNobodyElse() {
    erasePerson.erase(TENANT, PATIENT, OptionalLong.empty(), SOURCE);
    assertThatThrownBy(() -> write(TestReadings.written("o-1")))
        .isInstanceOf(ProblemException.class);

    database
        .transactions()
        .executeWithoutResult(
            status -> log.append(TestReadings.OTHER_TENANT, SOURCE, TestReadings.written("o-1")));
    assertThat(log.read(1, 10))
        .extracting(LoggedEvent::event)
        .containsExactly(TestReadings.written("o-1"));
  }

  @Test
  void erasesNobodyUnderALegalHold() {
    write(TestReadings.written("o-1"));
    holds.place(TENANT, PATIENT, "file 12", SOURCE);
    assertThatThrownBy(() -> erasePerson.erase(TENANT, PATIENT, OptionalLong.empty(), SOURCE))
        .isInstanceOf(ProblemException.class);
    assertThat(log.read(0, 1))
        .extracting(LoggedEvent::event)
        .containsExactly(TestReadings.written("o-1"));
    holds.release(TENANT, PATIENT, SOURCE);
    assertThat(erasePerson.erase(TENANT, PATIENT, OptionalLong.empty(), SOURCE).sequence())
        .isEqualTo(4);
  }

  @Test
  void aRollBackErasesNothing() {
    write(TestReadings.written("o-1"));

    database
        .transactions()
        .executeWithoutResult(
            status -> {
              erasePerson.erase(TENANT, PATIENT, OptionalLong.empty(), SOURCE);
              status.setRollbackOnly();
            });

    clock.now = NOON.plus(Duration.ofHours(1));
    assertThat(log.read(0, 10))
        .extracting(LoggedEvent::event)
        .containsExactly(TestReadings.written("o-1"));
  }

  @Test
  void aDestroyedKeyStaysDestroyed() {
    write(TestReadings.written("o-1"));
    erasePerson.erase(TENANT, PATIENT, OptionalLong.empty(), SOURCE);

    for (String change :
        List.of(
            "delete from telemetry.person_key",
            "update telemetry.person_key set wrapped_key = '\\x00', destroyed_at = null")) {
      assertThatThrownBy(() -> database.jdbc().sql(change).update())
          .hasStackTraceContaining("stays destroyed");
    }
  }
}
