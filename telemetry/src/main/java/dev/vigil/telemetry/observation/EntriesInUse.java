package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What searches find by some parameters in any Observation of a tenant. */
final class EntriesInUse {

  private final JdbcClient jdbc;

  EntriesInUse(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Each once. A shape keeps what its Observations said after the last of them has changed. */
  List<IndexEntry> of(int tenant, Set<String> params) {
    return jdbc.sql(
            """
            select distinct kind, param, 0 as element, system, code, null::text as exact,
              null::double precision as number, null::timestamptz as low, null::timestamptz as high
            from (
              select kind, param, system, code from telemetry.shape_entry
              where tenant = :tenant and param = any(:params)
              union all
              select kind, param, system, code from telemetry.observation_entry
              where tenant = :tenant and param = any(:params)) as entry
            order by param, system, code
            """)
        .param("tenant", tenant)
        .param("params", params.toArray(String[]::new), Types.ARRAY)
        .query((row, n) -> EntryRow.read(row))
        .list();
  }
}
