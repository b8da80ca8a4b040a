package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.entity.BaseResourceIndexedSearchParam;
import java.sql.Types;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What resources that HAPI keeps are sorted by, from its index tables. */
final class TargetValues {

  private static final String BY =
      """
      select res_id, %1$s(%2$s) as value from hapi.%3$s
      where hash_identity = :identity and res_id = any(:pids) and %2$s is not null
      group by res_id
      """;

  private final JdbcClient database;
  private final PartitionSettings partitions;

  TargetValues(JdbcClient database, PartitionSettings partitions) {
    this.database = database;
    this.partitions = partitions;
  }

  /**
   * By number; a resource without a value is missing.
   *
   * @param greatest of several values the greatest, else the least
   */
  Map<Long, String> of(
      String type, RuntimeSearchParam param, Collection<Long> pids, boolean greatest) {
    String column =
        switch (param.getParamType()) {
          case STRING -> "sp_value_normalized collate \"C\"";
          case TOKEN -> "(coalesce(sp_system, '') || chr(1) || sp_value) collate \"C\"";
          case DATE -> "to_char(sp_value_low at time zone 'UTC', 'YYYYMMDDHH24MISSMS')";
          default ->
              throw Refused.parameter("_sort", "a chain to a parameter of this type has no order");
        };
    String table =
        switch (param.getParamType()) {
          case STRING -> "hfj_spidx_string";
          case TOKEN -> "hfj_spidx_token";
          default -> "hfj_spidx_date";
        };
    Map<Long, String> values = new HashMap<>();
    database
        .sql(BY.formatted(greatest ? "max" : "min", column, table))
        .param(
            "identity",
            BaseResourceIndexedSearchParam.calculateHashIdentity(
                partitions, RequestPartitionId.allPartitions(), type, param.getName()))
        .param("pids", pids.toArray(Long[]::new), Types.ARRAY)
        .query((row, n) -> values.put(row.getLong("res_id"), row.getString("value")))
        .list();
    return values;
  }
}
