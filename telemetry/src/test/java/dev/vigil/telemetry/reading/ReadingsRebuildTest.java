package dev.vigil.telemetry.reading;

import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.glucose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.Reading;
import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.TestReadings;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.observation.PackNow;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ReadingsRebuildTest {

  private TestDatabase database;
  private ReadingJournal journal;
  private ReadingsRebuild rebuild;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    PostgresEventLog log =
        new PostgresEventLog(
            database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());
    journal = new ReadingJournal(database, log);
    rebuild =
        new ReadingsRebuild(
            database.dataSource(), database.transactionManager(), log, MetricCatalog.standard());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void givesTheSameReadingsAfterWhatTheyAreReadByWasLost() {
    Reading second = sample(5, "6.30");
    write(sample(0, "100"));
    write(second);
    List<Reading> before = all();
    database.jdbc().sql("delete from telemetry.shape_reading").update();
    database.jdbc().sql("delete from telemetry.signal").update();
    assertThat(all()).isEmpty();

    Rebuilt rebuilt = rebuild.rebuild((done, total) -> {});

    assertThat(rebuilt.before()).startsWith("0 rows");
    assertThat(rebuilt.after()).startsWith("2 rows");
    assertThat(all()).hasSize(2).isEqualTo(before);
    assertThat(journal.readings().latest(TENANT, PATIENT)).containsExactly(second);
  }

  @Test
  void leavesOutWhatWasDeletedAndTakesTheLastVersion() {
    Reading deleted = sample(9, "100");
    Reading correction = sample(5, "111");
    write(deleted);
    write(sample(5, "110"));
    write(correction);
    journal.takeBack(TENANT, deleted.observation());

    Rebuilt rebuilt = rebuild.rebuild((done, total) -> {});

    assertThat(all()).containsExactly(correction);
    assertThat(journal.readings().latest(TENANT, PATIENT)).containsExactly(correction);
    assertThat(rebuilt.same()).as(rebuilt.toString()).isTrue();
  }

  @Test
  @Tag("safety")
  void givesTheSameReadingsOfAPackedWeek() {
    for (int minute = 0; minute < 30; minute++) {
      write(sample(minute, 80 + minute + (minute % 3 == 0 ? ".50" : "")));
    }
    write(sample(7, "111"));
    List<Reading> before = all();
    assertThat(PackNow.pack(database)).isPositive();

    assertThat(all()).isEqualTo(before).hasSize(30);
    assertThat(
            journal
                .readings()
                .window(
                    TENANT,
                    PATIENT,
                    TestReadings.GLUCOSE,
                    NOON.plusSeconds(300),
                    NOON.plusSeconds(600),
                    Long.MAX_VALUE))
        .isEqualTo(before.subList(5, 11));
    assertThat(journal.readings().latest(TENANT, PATIENT)).containsExactly(before.get(29));
    Rebuilt rebuilt = rebuild.rebuild((done, total) -> {});
    assertThat(rebuilt.same()).as(rebuilt.toString()).isTrue();
    write(sample(9, "112"));
    assertThat(all()).hasSize(30).contains(sample(9, "112"));
  }

  @Test
  void leavesWhatTheCatalogueHasComeToSeeOtherwiseAsItWas() {
    write(sample(0, "6.1"));
    database.jdbc().sql("update telemetry.shape_reading set metric = 'another'").update();
    database.jdbc().sql("update telemetry.signal set metric = 'another'").update();
    new ReadingJournal(database, log()).write(TENANT, List.of(sample(1, "6.2")));
    assertThat(all()).extracting(Reading::measuredAt).containsExactly(NOON.plusSeconds(60));

    Rebuilt rebuilt = rebuild.rebuild((done, total) -> {});

    assertThat(rebuilt.same()).as(rebuilt.toString()).isTrue();
    assertThat(all()).hasSize(1);
  }

  @Test
  void tellsHowFarItIs() {
    write(sample(0, "100"));
    List<String> told = new ArrayList<>();
    rebuild.rebuild((done, total) -> told.add(done + "/" + total));
    assertThat(told).containsExactly("1/1");
  }

  private PostgresEventLog log() {
    return new PostgresEventLog(
        database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());
  }

  private static Reading sample(int minute, String value) {
    return glucose("observation-" + minute, value, NOON.plusSeconds(60L * minute));
  }

  private void write(Reading reading) {
    journal.write(TENANT, List.of(reading));
  }

  private List<Reading> all() {
    return journal
        .readings()
        .window(TENANT, PATIENT, TestReadings.GLUCOSE, Instant.MIN, Instant.MAX, Long.MAX_VALUE);
  }
}
