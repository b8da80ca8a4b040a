package dev.vigil.telemetry.reading;

import static dev.vigil.telemetry.TestReadings.GLUCOSE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.OTHER_TENANT;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.glucose;
import static dev.vigil.telemetry.TestReadings.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vigil.core.ObservationId;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadingHistoryTest {

  private TestDatabase database;
  private ReadingHistory history;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    history = new ReadingHistory(database.dataSource(), MetricCatalog.standard());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void tellsWhatWasKnownBeforeACorrectionAndBeforeADeletion() {
    Reading wrong = glucose("a", "3.0", NOON);
    Reading right = glucose("a", "6.0", NOON);
    ReadingJournal journal = new ReadingJournal(database, log(NOON));
    journal.write(TENANT, List.of(wrong));
    journal.write(TENANT, List.of(right));
    journal.takeBack(TENANT, new ObservationId("a"));

    assertThat(knownAt(TENANT, 0)).isEmpty();
    assertThat(knownAt(TENANT, 1)).containsExactly(wrong);
    assertThat(knownAt(TENANT, 2)).containsExactly(right);
    assertThat(knownAt(TENANT, 3)).isEmpty();
    assertThat(knownAt(OTHER_TENANT, 1)).isEmpty();
  }

  @Test
  void findsTheLastEventOfAMoment() {
    for (int minute = 0; minute < 10; minute++) {
      append(NOON.plusSeconds(60L * minute));
    }

    assertThat(history.eventAt(NOON.minusSeconds(1))).isZero();
    assertThat(history.eventAt(NOON)).isEqualTo(1);
    assertThat(history.eventAt(NOON.plusSeconds(119))).isEqualTo(2);
    assertThat(history.eventAt(NOON.plusSeconds(9_999))).isEqualTo(10);
  }

  @Test
  void refusesAMomentOfWhichNothingWasKept() {
    append(NOON);
    append(NOON.plusSeconds(60));
    database.jdbc().sql("update telemetry.reading_history set complete_after = 2").update();

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> history.eventAt(NOON.plusSeconds(30)));
    assertThat(history.eventAt(NOON.plusSeconds(60))).isEqualTo(2);
  }

  private void append(Instant moment) {
    database
        .transactions()
        .executeWithoutResult(
            status -> log(moment).append(TENANT, new Source("fhir", "gateway"), written("x")));
  }

  private PostgresEventLog log(Instant moment) {
    return new PostgresEventLog(
        database.dataSource(),
        database.keys(),
        Clock.fixed(moment, ZoneOffset.UTC),
        new LogSignal());
  }

  private List<Reading> knownAt(TenantId tenant, long event) {
    return history.knownAt(tenant, PATIENT, GLUCOSE, Instant.MIN, Instant.MAX, event, 10);
  }
}
