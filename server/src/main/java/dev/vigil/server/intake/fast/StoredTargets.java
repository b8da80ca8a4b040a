package dev.vigil.server.intake.fast;

import java.sql.Types;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What readings refer to, in HAPI's own table: that it is there and was not deleted. */
final class StoredTargets {

  private final JdbcClient jdbc;

  StoredTargets(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  /**
   * The numbers of living resources.
   *
   * @param partition of the tenant
   * @param references for example {@code Patient/1}
   * @return without those that are not there
   */
  Map<String, Long> find(int partition, Collection<String> references) {
    if (references.isEmpty()) {
      return Map.of();
    }
    Map<String, Long> found = new HashMap<>();
    jdbc.sql(
            """
            select res_type || '/' || fhir_id as reference, res_id from hapi.hfj_resource
            where partition_id = :partition and fhir_id = any(:ids)
              and res_deleted_at is null
            """)
        .param("partition", partition)
        .param("ids", ids(references), Types.ARRAY)
        .query(
            row -> {
              found.put(row.getString("reference"), row.getLong("res_id"));
            });
    return found;
  }

  /**
   * Those of the references whose resource is there or was deleted.
   *
   * @param partition of the tenant
   */
  Set<String> everKnown(int partition, Collection<String> references) {
    if (references.isEmpty()) {
      return Set.of();
    }
    return Set.copyOf(
        jdbc.sql(
                """
                select res_type || '/' || fhir_id from hapi.hfj_resource
                where partition_id = :partition and fhir_id = any(:ids)
                """)
            .param("partition", partition)
            .param("ids", ids(references), Types.ARRAY)
            .query(String.class)
            .list());
  }

  private static String[] ids(Collection<String> references) {
    return references.stream()
        .map(reference -> reference.substring(reference.indexOf('/') + 1))
        .toArray(String[]::new);
  }
}
