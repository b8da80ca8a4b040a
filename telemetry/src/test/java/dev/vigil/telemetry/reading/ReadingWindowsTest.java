package dev.vigil.telemetry.reading;

import static dev.vigil.telemetry.TestReadings.GLUCOSE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.OTHER_TENANT;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.glucose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Windows of many signals as many events found them. */
class ReadingWindowsTest {

  private static final Reading FIRST = glucose("a", "5.0", NOON);
  private static final Reading WRONG = glucose("b", "3.0", NOON.plusSeconds(60));
  private static final Reading RIGHT = glucose("b", "6.0", NOON.plusSeconds(60));
  private static final Reading LAST = glucose("c", "7.0", NOON.plusSeconds(120));
  private static final Reading OTHER = glucose("d", "8.0", NOON);

  private TestDatabase database;
  private Readings readings;

  @BeforeEach
  void write() {
    database = TestDatabase.fresh();
    ReadingJournal journal =
        new ReadingJournal(
            database,
            new PostgresEventLog(
                database.dataSource(),
                database.keys(),
                Clock.fixed(NOON, ZoneOffset.UTC),
                new LogSignal()));
    readings = journal.readings();
    journal.write(TENANT, List.of(FIRST)); // 1
    journal.write(TENANT, List.of(WRONG)); // 2
    journal.write(OTHER_TENANT, List.of(OTHER)); // 3
    journal.write(TENANT, List.of(RIGHT)); // 4
    journal.takeBack(TENANT, new ObservationId("a")); // 5
    journal.write(TENANT, List.of(LAST)); // 6
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void tellForEachEventWhatTheLogHadToldByThen() {
    List<KnownReading> all = windows(List.of(stretch(TENANT, NOON)), 1, 6).get(0);

    assertThat(at(all, 1)).containsExactly(FIRST);
    assertThat(at(all, 2)).containsExactly(FIRST, WRONG);
    assertThat(at(all, 3)).containsExactly(FIRST, WRONG);
    assertThat(at(all, 4)).containsExactly(FIRST, RIGHT);
    assertThat(at(all, 5)).containsExactly(RIGHT);
    assertThat(at(all, 6)).containsExactly(RIGHT, LAST);
  }

  @Test
  void leaveOutWhatNoneOfTheEventsCanSee() {
    assertThat(windows(List.of(stretch(TENANT, NOON)), 5, 5).get(0))
        .extracting(KnownReading::reading)
        .containsExactly(RIGHT);
    assertThat(windows(List.of(stretch(TENANT, NOON)), 1, 1).get(0))
        .extracting(KnownReading::reading)
        .containsExactly(FIRST);
  }

  @Test
  void areOneForEachStretchAlsoOfSeveralTenantsAndOfNothing() {
    List<List<KnownReading>> all =
        windows(
            List.of(
                stretch(TENANT, NOON.plusSeconds(1)),
                new SignalStretch(TENANT, new PatientId("nobody"), GLUCOSE, NOON, NOON),
                stretch(OTHER_TENANT, NOON)),
            6,
            6);

    assertThat(at(all.get(0), 6)).containsExactly(RIGHT, LAST);
    assertThat(all.get(1)).isEmpty();
    assertThat(at(all.get(2), 6)).containsExactly(OTHER);
  }

  @Test
  void areNotGivenWhenThereIsMoreThanTheCallerWants() {
    List<SignalStretch> stretches = List.of(stretch(TENANT, NOON), stretch(OTHER_TENANT, NOON));

    assertThat(readings.windows(stretches, 6, 6, 3)).isPresent();
    assertThat(readings.windows(stretches, 6, 6, 2)).isEmpty();
  }

  private List<List<KnownReading>> windows(List<SignalStretch> stretches, long first, long last) {
    return readings.windows(stretches, first, last, 1_000).orElseThrow();
  }

  private static SignalStretch stretch(TenantId tenant, Instant from) {
    return new SignalStretch(tenant, PATIENT, GLUCOSE, from, NOON.plusSeconds(3_600));
  }

  private static List<Reading> at(List<KnownReading> all, long event) {
    return all.stream().filter(one -> one.knownAt(event)).map(KnownReading::reading).toList();
  }
}
