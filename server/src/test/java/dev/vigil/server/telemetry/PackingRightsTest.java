package dev.vigil.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The server owns no partition, and packs its weeks all the same. */
class PackingRightsTest {

  private final JdbcClient jdbc = JdbcClient.create(VigilServer.get().bean(DataSource.class));

  @Test
  void theServerMayHoldAndShrinkThePartitionOfAWeek() {
    assertThat(jdbc.sql("select current_user").query(String.class).single()).isEqualTo("vigil_app");
    int week =
        (int) (ChronoUnit.DAYS.between(LocalDate.of(1, 1, 1), LocalDate.now(ZoneOffset.UTC)) / 7);
    jdbc.sql("select telemetry.add_observation_partition(:week)")
        .param("week", week)
        .query(row -> {});
    for (String step : new String[] {"hold", "shrink"}) {
      jdbc.sql("select telemetry.%s_observation_partition(:week)".formatted(step))
          .param("week", week)
          .query(row -> {});
    }
    assertThat(
            jdbc.sql(
                    """
                    select count(*) from pg_index
                    join pg_class as leaf on leaf.oid = indrelid
                    where leaf.relname = :leaf and indisclustered
                    """)
                .param("leaf", "observation_w" + week)
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }
}
