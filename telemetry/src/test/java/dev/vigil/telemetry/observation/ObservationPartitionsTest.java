package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.telemetry.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObservationPartitionsTest {

  private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");

  private final TestDatabase database = TestDatabase.fresh();
  private final ObservationPartitions partitions = new ObservationPartitions(database.dataSource());

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void areMadeForThisWeekAndThoseToComeAndForOneMoreAWeekLater() {
    int week = Week.of(NOW);
    partitions.makeAhead(NOW, 4);
    assertThat(leaves())
        .containsExactly(
            leaf(week), leaf(week + 1), leaf(week + 2), leaf(week + 3), leaf(week + 4));

    partitions.makeAhead(NOW.plus(Duration.ofDays(1)), 4);
    assertThat(leaves()).hasSize(5);
    partitions.makeAhead(NOW.plus(Duration.ofDays(7)), 4);
    assertThat(leaves()).hasSize(6).last().isEqualTo(leaf(week + 5));
  }

  private List<String> leaves() {
    return database
        .jdbc()
        .sql(
            """
            select inhrelid::regclass::text from pg_inherits
            where inhparent = 'telemetry.observation'::regclass order by 1
            """)
        .query(String.class)
        .list();
  }

  private static String leaf(int week) {
    return "telemetry_leaf.observation_w" + week;
  }
}
