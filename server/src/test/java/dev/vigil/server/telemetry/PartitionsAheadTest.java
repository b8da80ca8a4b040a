package dev.vigil.server.telemetry;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Hospital;
import java.time.LocalDate;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class PartitionsAheadTest {

  private final JdbcClient jdbc = JdbcClient.create(VigilServer.get().bean(DataSource.class));

  @Test
  void aRunningServerHasTheWeeksToCome() {
    long day = LocalDate.now(ZoneOffset.UTC).plusWeeks(4).toEpochDay();
    long week = (day - LocalDate.of(1, 1, 1).toEpochDay()) / 7;
    Hospital.eventually(
        () ->
            jdbc.sql(
                        """
                    select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = 'telemetry_leaf' and c.relname = :leaf
                    """)
                    .param("leaf", "observation_w" + week)
                    .query(Long.class)
                    .single()
                == 1);
  }
}
