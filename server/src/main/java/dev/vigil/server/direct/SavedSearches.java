package dev.vigil.server.direct;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.entity.Search;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.jpa.util.QueryParameterUtils;
import dev.vigil.server.observation.SyntheticPid;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import org.apache.commons.lang3.SerializationUtils;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Leaves a search behind as HAPI would after its first pass, so that HAPI finds the next pages by
 * its own means. In one statement and one commit, which does not wait for the disk: what a crash of
 * the database takes along, the client asks for again.
 */
final class SavedSearches {

  private static final String FINISHED = "FINISHED";
  private static final String PASS_COMPLETE = "PASSCMPLET";

  private final JdbcClient jdbc;

  SavedSearches(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param numbers of the hits, in their order
   * @param all whether these are all hits there are
   */
  void save(
      String id,
      Instant begin,
      SearchParameterMap map,
      RequestPartitionId partition,
      List<Long> numbers,
      boolean all) {
    Search search = new Search();
    QueryParameterUtils.populateSearchEntity(
        map, SyntheticPid.TYPE, id, map.toNormalizedQueryString(), search, partition);
    jdbc.sql(
            """
            with quick as (
              select set_config('synchronous_commit', 'off', true)),
            search as (
              insert into hapi.hfj_search (pid, created, search_deleted, num_blocked, num_found,
                preferred_page_size, resource_type, search_param_map_bin, search_query_string_vc,
                search_type, search_status, total_count, search_uuid, optlock_version)
              select nextval('hapi.seq_search'), :created, false, 0, :found, :page, :type, :map,
                :query, :kind, :status, :total, :id, 1
              from quick
              returning pid)
            insert into hapi.hfj_search_result (pid, search_order, resource_partition_id,
              resource_pid, search_pid)
            select nextval('hapi.seq_search_res'), hit.n - 1, :partition, hit.number, search.pid
            from search, unnest(:numbers) with ordinality as hit (number, n)
            """)
        .param("created", Timestamp.from(begin), Types.TIMESTAMP)
        .param("found", numbers.size())
        .param("page", map.getCount(), Types.INTEGER)
        .param("type", SyntheticPid.TYPE)
        .param("map", all ? null : SerializationUtils.serialize(map), Types.BINARY)
        .param("query", search.getSearchQueryString())
        .param("kind", search.getSearchType().ordinal())
        .param("status", all ? FINISHED : PASS_COMPLETE)
        .param("total", all ? numbers.size() : null, Types.INTEGER)
        .param("id", id)
        .param("partition", partition.getFirstPartitionIdOrNull(), Types.INTEGER)
        .param("numbers", numbers.toArray(Long[]::new), Types.ARRAY)
        .update();
  }
}
