package dev.vigil.telemetry.reading;

import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.glucose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.ObservationId;
import dev.vigil.core.Reading;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.TestReadings;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadingsRebuildTest {

  private static final Source GATEWAY = new Source("fhir", "gateway");

  private TestDatabase database;
  private PostgresEventLog log;
  private PostgresReadings readings;
  private ReadingsRebuild rebuild;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    log =
        new PostgresEventLog(
            database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());
    readings = new PostgresReadings(database.dataSource());
    rebuild =
        new ReadingsRebuild(database.dataSource(), database.transactionManager(), log, readings);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void givesTheSameReadingsAfterTheyWereLost() {
    Reading first = sample(0, "100");
    Reading second = sample(5, "6.30");
    write(Action.CREATED, first);
    write(Action.CREATED, second);
    List<Reading> before = all();
    database.jdbc().sql("delete from telemetry.reading").update();
    database.jdbc().sql("delete from telemetry.signal").update();

    Rebuilt rebuilt = rebuild.rebuild((done, total) -> {});

    assertThat(rebuilt.before()).startsWith("0 rows");
    assertThat(rebuilt.after()).startsWith("3 rows");

    assertThat(all()).isEqualTo(before);
    assertThat(readings.latest(TENANT, PATIENT)).containsExactly(second);
  }

  @Test
  void leavesOutWhatWasDeletedAndTakesTheLastVersion() {
    Reading deleted = sample(0, "100");
    Reading corrected = sample(5, "110");
    write(Action.CREATED, deleted);
    write(Action.CREATED, corrected);
    Reading correction = sample(5, "111");
    write(Action.UPDATED, as(corrected.observation(), correction));
    drop(deleted.observation());

    Rebuilt rebuilt = rebuild.rebuild((done, total) -> {});

    assertThat(all()).containsExactly(as(corrected.observation(), correction));
    assertThat(rebuilt.same()).isTrue();
    assertThat(rebuilt.after()).startsWith("4 rows");
  }

  @Test
  void tellsHowFarItIs() {
    write(Action.CREATED, sample(0, "100"));
    List<String> told = new ArrayList<>();
    rebuild.rebuild((done, total) -> told.add(done + "/" + total));
    assertThat(told).containsExactly("1/1");
  }

  private static Reading sample(int minute, String value) {
    return glucose("observation-" + minute, value, NOON.plusSeconds(60L * minute));
  }

  private void write(Action action, Reading reading) {
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              long sequence =
                  log.append(
                      TENANT,
                      GATEWAY,
                      new ResourcesWritten(
                          List.of(change(reading.observation(), action)), List.of(reading)));
              readings.record(TENANT, sequence, List.of(reading));
            });
  }

  private void drop(ObservationId observation) {
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              long sequence =
                  log.append(
                      TENANT,
                      GATEWAY,
                      new ResourcesWritten(
                          List.of(change(observation, Action.DELETED)), List.of()));
              readings.remove(TENANT, sequence, observation);
            });
  }

  private static ResourceChange change(ObservationId observation, Action action) {
    return new ResourceChange("Observation", observation.value(), 1, action);
  }

  private static Reading as(ObservationId observation, Reading reading) {
    return new Reading(
        observation,
        reading.device(),
        reading.patient(),
        reading.metric(),
        reading.value(),
        reading.measuredAt(),
        reading.receivedAt(),
        reading.quality());
  }

  private List<Reading> all() {
    return readings.window(
        TENANT, PATIENT, TestReadings.GLUCOSE, Instant.MIN, Instant.MAX, Long.MAX_VALUE);
  }
}
