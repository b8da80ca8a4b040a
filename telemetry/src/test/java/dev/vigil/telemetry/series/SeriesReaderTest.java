package dev.vigil.telemetry.series;

import static dev.vigil.telemetry.TestReadings.GLUCOSE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.glucose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.aggregate.Aggregate;
import dev.vigil.telemetry.aggregate.AggregateReader;
import dev.vigil.telemetry.aggregate.Aggregates;
import dev.vigil.telemetry.aggregate.Aggregation;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.reader.ReaderHealth;
import dev.vigil.telemetry.reading.ReadingHistory;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.RangeTable;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where hours come from while their reader is behind the log. */
class SeriesReaderTest {

  /** What the kept hour is made to say, so that it can be told from a counted one. */
  private static final long KEPT = 7;

  private final Aggregation aggregation =
      new Aggregation(MetricCatalog.standard(), RangeTable.standard());
  private final List<String> hurried = new ArrayList<>();
  private TestDatabase database;
  private PostgresEventLog log;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    log =
        new PostgresEventLog(
            database.dataSource(),
            database.keys(),
            Clock.fixed(NOON, ZoneOffset.UTC),
            new LogSignal());
    new ReadingJournal(database, log)
        .write(TENANT, List.of(glucose("o-1", "6.30", NOON.plusSeconds(60))));
  }

  @AfterEach
  void close() {
    database.close();
  }

  /** The counts of the hours, asked so long after the reading was written. */
  private List<Long> counts(Duration behind) {
    ReaderHealth health =
        new ReaderHealth(database.dataSource(), Clock.fixed(NOON.plus(behind), ZoneOffset.UTC));
    SeriesReader reader =
        new SeriesReader(
            new ReadingHistory(database.dataSource(), MetricCatalog.standard()),
            new Aggregates(database.dataSource()),
            aggregation,
            health,
            this::goOn);
    SeriesQuery query =
        new SeriesQuery(
            TENANT, PATIENT, GLUCOSE, NOON, NOON.plusSeconds(7_200), 1, Resolution.HOUR, null);
    return reader.read(query).aggregates().stream().map(Aggregate::count).toList();
  }

  private void goOn(String reader) {
    hurried.add(reader);
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              new AggregateReader(database.dataSource(), aggregation).accept(log.read(0, 10));
              database
                  .jdbc()
                  .sql(
                      "insert into telemetry.reader_position (reader, position) values (:reader, :position)")
                  .param("reader", reader)
                  .param("position", log.head())
                  .update();
              database
                  .jdbc()
                  .sql("update telemetry.reading_hour set count = :kept")
                  .param("kept", KEPT)
                  .update();
            });
  }

  @Test
  void takesKeptHoursThatAreFiveSecondsBehind() {
    assertThat(counts(Duration.ofSeconds(5))).isEmpty();
    assertThat(hurried).isEmpty();
  }

  @Test
  void hurriesAReaderThatLetsEventsGatherAndTakesWhatItKept() {
    assertThat(counts(Duration.ofSeconds(6))).containsExactly(KEPT);
    assertThat(hurried).containsExactly(AggregateReader.NAME);
  }

  @Test
  void countsItselfWhenTheReaderCannotKeepUp() {
    assertThat(counts(Duration.ofMinutes(1))).containsExactly(1L);
    assertThat(hurried).isEmpty();
  }
}
