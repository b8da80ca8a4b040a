package dev.vigil.telemetry.aggregate;

import static dev.vigil.telemetry.TestReadings.DEVICE;
import static dev.vigil.telemetry.TestReadings.GLUCOSE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.OTHER_TENANT;
import static dev.vigil.telemetry.TestReadings.PATIENT;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.TestDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AggregateReaderTest {

  private static final PatientId NEIGHBOUR = new PatientId("ward-2");

  private static final Instant LATER = NOON.plus(Duration.ofDays(9));

  private TestDatabase database;
  private AggregateJournal journal;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    journal = new AggregateJournal(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void equalsARecountWhateverCameInWhateverOrder(long seed) {
    // Three days around midnight of UTC, some at the same moment, some on the hour.
    equalsARecount(
        new Random(seed),
        (random, step) ->
            NOON.plusSeconds(random.nextInt(3 * 24 * 12) * 300L)
                .plusMillis(random.nextInt(3) == 0 ? random.nextInt(600_000) : 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void equalsARecountWhenMostComesInOrder(long seed) {
    // A quarter of an hour each message, over midnight of UTC, and seldom something late.
    equalsARecount(
        new Random(seed),
        (random, step) ->
            NOON.plusSeconds((random.nextInt(40) == 0 ? random.nextInt(step + 1) : step) * 900L)
                .plusMillis(random.nextInt(900_000)));
  }

  private void equalsARecount(Random random, BiFunction<Random, Integer, Instant> moment) {
    List<String> written = new ArrayList<>();
    for (int step = 0; step < 120; step++) {
      TenantId tenant = random.nextInt(6) == 0 ? OTHER_TENANT : TENANT;
      int what = written.isEmpty() ? 0 : random.nextInt(10);
      if (what < 6) {
        List<Reading> some = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(12); i++) {
          String id = "o" + step + "-" + i;
          some.add(random(random, id, moment.apply(random, step)));
          written.add(tenant.value() + " " + id);
        }
        journal.write(tenant, some);
      } else {
        String[] one = written.get(random.nextInt(written.size())).split(" ");
        if (what < 8) {
          Reading next = random(random, one[1], moment.apply(random, step));
          journal.write(new TenantId(one[0]), List.of(next));
        } else {
          journal.takeBack(new TenantId(one[0]), new ObservationId(one[1]));
        }
      }
      if (random.nextInt(3) == 0) {
        journal.take(1 + random.nextInt(5));
      }
    }
    journal.takeAll();

    assertThat(journal.rows("telemetry.reading_hour")).isGreaterThan(20);
    assertThat(journal.differences()).isEmpty();

    Rebuilt rebuilt = journal.rebuild();

    assertThat(rebuilt.same()).as(rebuilt.toString()).isTrue();
    assertThat(journal.differences()).isEmpty();
  }

  private static Reading random(Random random, String id, Instant moment) {
    boolean american = random.nextInt(4) != 0;
    String value =
        american
            ? (40 + random.nextInt(260)) + "." + random.nextInt(10)
            : "" + (1 + random.nextInt(19)) + "." + random.nextInt(100);
    Set<SignalQuality> quality =
        random.nextInt(8) == 0
            ? Set.of(SignalQuality.values()[random.nextInt(SignalQuality.values().length)])
            : Set.of();
    return new Reading(
        new ObservationId(id),
        DEVICE,
        random.nextInt(5) == 0 ? NEIGHBOUR : PATIENT,
        GLUCOSE,
        Quantity.of(value, american ? "mg/dL" : "mmol/L"),
        moment,
        quality.contains(SignalQuality.FUTURE) ? moment.minusSeconds(121) : LATER,
        quality);
  }

  @Test
  void countsTimeUntilTheNextSampleButNotOverAGap() {
    journal.write(TENANT, List.of(mg("a", "53", 0), mg("b", "100", 5), mg("c", "251", 40)));
    journal.takeAll();

    assertThat(hours())
        .singleElement()
        .satisfies(
            hour -> {
              assertThat(hour.begin()).isEqualTo(NOON);
              assertThat(hour.inRanges())
                  .containsExactly(minutes(5), minutes(0), minutes(10), minutes(0), minutes(10));
              assertThat(hour.first().value()).isEqualByComparingTo("53");
              assertThat(hour.last().at()).isEqualTo(NOON.plusSeconds(2_400));
              assertThat(hour.mean()).isEqualByComparingTo("134.666666666667");
            });
  }

  @Test
  void countsASampleIntoTheHourInWhichItWasMeasured() {
    journal.write(TENANT, List.of(mg("a", "100", 58)));
    journal.takeAll();
    assertThat(hours().get(0).inRanges().get(2)).isEqualTo(minutes(10));

    journal.write(TENANT, List.of(mg("b", "100", 63)));
    journal.takeAll();

    assertThat(hours()).extracting(Aggregate::begin).containsExactly(NOON, NOON.plusSeconds(3_600));
    assertThat(hours().get(0).inRanges().get(2)).isEqualTo(minutes(5));
  }

  @Test
  void leavesNoRowBehindWhenTheLastSampleIsTakenBack() {
    journal.write(TENANT, List.of(mg("a", "100", 0)));
    journal.takeAll();
    journal.takeBack(TENANT, new ObservationId("a"));
    journal.takeAll();

    assertThat(journal.rows("telemetry.reading_hour")).isZero();
    assertThat(journal.rows("telemetry.reading_day")).isZero();
  }

  @Test
  void countsInTheCanonicalUnit() {
    Metric weight = new Metric("body-weight");
    journal.write(
        TENANT, List.of(of("a", weight, "150", "[lb_av]", 0), of("b", weight, "70.0", "kg", 5)));
    journal.takeAll();

    assertThat(journal.aggregates().hours(TENANT, PATIENT, weight, NOON, NOON.plusSeconds(1)))
        .singleElement()
        .satisfies(
            hour -> {
              assertThat(hour.unit()).isEqualTo("kg");
              assertThat(hour.count()).isEqualTo(2);
              assertThat(hour.min()).isEqualByComparingTo(new BigDecimal("68.0388555"));
              assertThat(hour.inRanges()).isEmpty();
            });
  }

  @Test
  void isCountedOnceWhenItsEventIsTakenAgain() {
    journal.write(TENANT, List.of(mg("a", "100", 0)));
    journal.takeAll();
    journal.startOver();
    journal.takeAll();

    assertThat(hours()).singleElement().extracting(Aggregate::count).isEqualTo(1L);
  }

  @Test
  void aRebuildPutsWrongRowsRightAndSaysSo() {
    journal.write(TENANT, List.of(mg("a", "100", 0)));
    journal.takeAll();
    database.jdbc().sql("update telemetry.reading_hour set sum = 1").update();

    Rebuilt rebuilt = journal.rebuild();

    assertThat(rebuilt.same()).isFalse();
    assertThat(journal.differences()).isEmpty();
    assertThat(journal.rebuild().same()).isTrue();
  }

  private List<Aggregate> hours() {
    return journal
        .aggregates()
        .hours(TENANT, PATIENT, GLUCOSE, Instant.EPOCH, NOON.plus(Duration.ofDays(9)));
  }

  private static Duration minutes(int minutes) {
    return Duration.ofMinutes(minutes);
  }

  private static Reading mg(String id, String value, int minute) {
    return of(id, GLUCOSE, value, "mg/dL", minute);
  }

  private static Reading of(String id, Metric metric, String value, String unit, int minute) {
    return new Reading(
        new ObservationId(id),
        DEVICE,
        PATIENT,
        metric,
        Quantity.of(value, unit),
        NOON.plusSeconds(minute * 60L),
        LATER,
        Set.of());
  }
}
