package dev.vigil.server.observation.search;

import java.sql.Types;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * References between resources that HAPI keeps, from its own table: Observations stand in it as
 * targets only.
 */
final class ResourceLinks {

  private static final String TARGETS =
      """
      select distinct target_resource_id from hapi.hfj_res_link
      where src_resource_id = any(:pids) and src_path = any(:paths)
        and target_resource_id is not null and target_resource_type = :type
      """;

  private static final String SOURCES =
      """
      select distinct src_resource_id from hapi.hfj_res_link
      where target_resource_id = any(:pids) and src_path = any(:paths)
        and source_resource_type = :type
      """;

  private static final String REFERRED =
      """
      select distinct target_resource_id from hapi.hfj_res_link
      where source_resource_type = :source and src_path = any(:paths)
        and target_resource_type = :type and target_resource_id is not null
        and partition_id = any(:partitions)
      """;

  private final JdbcClient database;

  ResourceLinks(JdbcClient database) {
    this.database = database;
  }

  /** Resources of the type that one of the sources refers to by one of the paths. */
  Set<Long> targets(Collection<Long> sources, List<String> paths, String type) {
    return query(between(TARGETS, sources, paths, type));
  }

  /** Resources of the type that refer to one of the targets by one of the paths. */
  Set<Long> sources(Collection<Long> targets, List<String> paths, String type) {
    return query(between(SOURCES, targets, paths, type));
  }

  /** All resources of the type that resources of the source type refer to. */
  Set<Long> referred(
      String source, List<String> paths, String type, Collection<Integer> partitions) {
    return query(
        database
            .sql(REFERRED)
            .param("source", source)
            .param("paths", paths.toArray(String[]::new), Types.ARRAY)
            .param("type", type)
            .param("partitions", partitions.toArray(Integer[]::new), Types.ARRAY));
  }

  private JdbcClient.StatementSpec between(
      String sql, Collection<Long> pids, List<String> paths, String type) {
    return database
        .sql(sql)
        .param("pids", pids.toArray(Long[]::new), Types.ARRAY)
        .param("paths", paths.toArray(String[]::new), Types.ARRAY)
        .param("type", type);
  }

  private static Set<Long> query(JdbcClient.StatementSpec statement) {
    return new LinkedHashSet<>(statement.query(Long.class).list());
  }
}
