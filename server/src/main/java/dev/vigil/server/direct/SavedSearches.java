package dev.vigil.server.direct;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.entity.Search;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.jpa.util.QueryParameterUtils;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.PartitionTenants;
import dev.vigil.server.observation.SyntheticPid;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.commons.lang3.SerializationUtils;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What is left behind for the next pages of a search: one row with the hits, in {@code
 * telemetry.saved_search}. Most searches are never asked for a second page. Where one is, the row
 * becomes what HAPI would have left after its first pass, so that HAPI finds the pages by its own
 * means.
 *
 * <p>A row is known by its random name alone, as HAPI's are, for HAPI asks without a tenant; whose
 * partition the pages are read of is decided behind that.
 */
final class SavedSearches {

  private static final String FINISHED = "FINISHED";
  private static final String PASS_COMPLETE = "PASSCMPLET";
  private static final Pattern NAME =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private record Saved(
      TenantId tenant, Instant created, String asked, boolean complete, Long[] hits) {

    static Saved read(ResultSet row, int n) throws SQLException {
      return new Saved(
          new TenantId(row.getString("tenant_id")),
          row.getObject("created_at", OffsetDateTime.class).toInstant(),
          row.getString("asked"),
          row.getBoolean("complete"),
          (Long[]) row.getArray("hits").getArray());
    }
  }

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final PartitionTenants partitions;
  private final FhirContext context;

  /** All on the connections of HAPI's transactions. */
  SavedSearches(
      JdbcClient jdbc,
      TransactionOperations transactions,
      PartitionTenants partitions,
      FhirContext context) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.partitions = partitions;
    this.context = context;
  }

  /**
   * In one commit, which does not wait for the disk: what a crash of the database takes along, the
   * client asks for again.
   *
   * @param hits numbers, in their order
   * @param all whether these are all hits there are
   */
  void save(
      String id,
      Instant begin,
      TenantId tenant,
      DirectRequest asked,
      List<Long> hits,
      boolean all) {
    jdbc.sql(
            """
            with quick as (
              select set_config('synchronous_commit', 'off', true))
            insert into telemetry.saved_search (tenant_id, id, created_at, asked, complete, hits)
            select :tenant, :id, :created, :asked, :complete, :hits from quick
            """)
        .param("tenant", tenant.value())
        .param("id", UUID.fromString(id))
        .param("created", begin.atOffset(ZoneOffset.UTC))
        .param("asked", asked.text())
        .param("complete", all)
        .param("hits", hits.toArray(Long[]::new), Types.ARRAY)
        .update();
  }

  /**
   * Makes rows of HAPI's out of the one that was left, in the caller's transaction if there is one.
   * Of two requests at once the second waits, and HAPI finds the search after it as well.
   *
   * @param id what somebody took for the name of a search
   */
  void handOver(String id) {
    if (NAME.matcher(id).matches()) {
      transactions.executeWithoutResult(
          tx ->
              jdbc.sql(
                      """
                      delete from telemetry.saved_search where id = :id
                      returning tenant_id, created_at, asked, complete, hits
                      """)
                  .param("id", UUID.fromString(id))
                  .query(Saved::read)
                  .optional()
                  .ifPresent(saved -> handOver(id, saved)));
    }
  }

  private void handOver(String id, Saved saved) {
    RequestPartitionId partition = partitions.of(saved.tenant());
    SearchParameterMap map = DirectRequest.of(saved.asked()).orElseThrow().map(context);
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
            from search, unnest(:hits) with ordinality as hit (number, n)
            """)
        .param("created", Timestamp.from(saved.created()), Types.TIMESTAMP)
        .param("found", saved.hits().length)
        .param("page", map.getCount(), Types.INTEGER)
        .param("type", SyntheticPid.TYPE)
        .param("map", saved.complete() ? null : SerializationUtils.serialize(map), Types.BINARY)
        .param("query", search.getSearchQueryString())
        .param("kind", search.getSearchType().ordinal())
        .param("status", saved.complete() ? FINISHED : PASS_COMPLETE)
        .param("total", saved.complete() ? saved.hits().length : null, Types.INTEGER)
        .param("id", id)
        .param("partition", partition.getFirstPartitionIdOrNull(), Types.INTEGER)
        .param("hits", saved.hits(), Types.ARRAY)
        .update();
  }

  /** Of all tenants; of what was handed over HAPI deletes its own rows. */
  void deleteOlderThan(Instant moment) {
    jdbc.sql("delete from telemetry.saved_search where created_at < :moment")
        .param("moment", moment.atOffset(ZoneOffset.UTC))
        .update();
  }
}
