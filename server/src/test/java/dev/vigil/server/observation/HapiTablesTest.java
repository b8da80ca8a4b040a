package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What our numbers rest on in the schema that HAPI makes. */
class HapiTablesTest {

  private final JdbcClient jdbc = JdbcClient.create(VigilServer.get().bean(DataSource.class));

  @Test
  void nothingForcesALinkTargetOrASearchResultToHaveARow() {
    List<String> constrained =
        jdbc.sql(
                """
                select lower(t.relname) || '.' || lower(a.attname)
                from pg_constraint c
                join pg_class t on t.oid = c.conrelid
                join pg_namespace n on n.oid = t.relnamespace
                join pg_attribute a on a.attrelid = t.oid and a.attnum = any(c.conkey)
                where n.nspname = 'hapi' and c.contype = 'f'
                """)
            .query(String.class)
            .list();

    assertThat(constrained)
        .isNotEmpty()
        .doesNotContain("hfj_res_link.target_resource_id", "hfj_search_result.resource_pid");
  }

  @Test
  void anObservationHasNoRowOfHapis() {
    Hospital hospital = new Hospital();
    Bedside bed = hospital.admit();
    assertThat(hospital.post("Observation", bed.heartRate("72", Instant.now())).status())
        .isEqualTo(201);

    assertThat(observations("hapi.hfj_resource")).isZero();
    assertThat(observations("hapi.hfj_res_ver")).isZero();
    assertThat(jdbc.sql("select count(*) from hapi.hfj_resource").query(Long.class).single())
        .isPositive();
  }

  private long observations(String table) {
    return jdbc.sql("select count(*) from " + table + " where res_type = 'Observation'")
        .query(Long.class)
        .single();
  }
}
