package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Index entries and links that neither the shape nor the row of an Observation tells. */
final class SideRows {

  private final NamedParameterJdbcTemplate jdbc;

  SideRows(NamedParameterJdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  void insert(int tenant, List<NewRow> rows) {
    List<MapSqlParameterSource> entries = new ArrayList<>();
    List<MapSqlParameterSource> links = new ArrayList<>();
    for (NewRow row : rows) {
      for (IndexEntry entry : row.entries()) {
        entries.add(
            EntryRow.parameters(entry).addValue("tenant", tenant).addValue("place", row.place()));
      }
      for (ObservationLink link : row.links()) {
        links.add(
            new MapSqlParameterSource("tenant", tenant)
                .addValue("place", row.place())
                .addValue("path", link.path())
                .addValue("type", link.targetType(), Types.VARCHAR)
                .addValue("pid", link.targetPid(), Types.BIGINT)
                .addValue("id", link.targetId(), Types.VARCHAR)
                .addValue("version", link.targetVersion(), Types.BIGINT)
                .addValue("url", EntryRow.clean(link.url()), Types.VARCHAR));
      }
    }
    if (!entries.isEmpty()) {
      jdbc.batchUpdate(
          """
          insert into telemetry.observation_entry (tenant, place, kind, param, element, system,
            code, exact, number, low, high)
          values (:tenant, :place, :kind, :param, :element, :system,
            :code, :exact, :number, :low::timestamptz, :high::timestamptz)
          """,
          entries.toArray(MapSqlParameterSource[]::new));
    }
    if (!links.isEmpty()) {
      jdbc.batchUpdate(
          """
          insert into telemetry.observation_link (tenant, place, path, target_type, target_pid,
            target_id, target_version, url)
          values (:tenant, :place, :path, :type, :pid, :id, :version, :url)
          """,
          links.toArray(MapSqlParameterSource[]::new));
    }
  }

  void delete(int tenant, Long[] places) {
    MapSqlParameterSource parameters =
        new MapSqlParameterSource("tenant", tenant).addValue("places", places, Types.ARRAY);
    jdbc.update(
        """
        delete from telemetry.observation_entry
        where tenant = :tenant and place = any(:places)
        """,
        parameters);
    jdbc.update(
        """
        delete from telemetry.observation_link
        where tenant = :tenant and place = any(:places)
        """,
        parameters);
  }
}
