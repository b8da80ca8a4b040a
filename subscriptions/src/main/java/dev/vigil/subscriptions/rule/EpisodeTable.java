package dev.vigil.subscriptions.rule;

import dev.vigil.core.AlertId;
import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Rows of {@code subscriptions.episode}. */
final class EpisodeTable {

  private final NamedParameterJdbcTemplate jdbc;

  EpisodeTable(NamedParameterJdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** What was decided about each family of a patient. */
  Map<String, FamilyState> states(TenantId tenant, PatientId patient) {
    Map<String, FamilyState> states = new LinkedHashMap<>();
    jdbc.query(
        """
        select * from subscriptions.episode
        where tenant_id = :tenant and patient_id = :patient order by family
        """,
        new MapSqlParameterSource("tenant", tenant.value()).addValue("patient", patient.value()),
        row -> {
          states.put(row.getString("family"), state(row));
        });
    return states;
  }

  /** Deletes what was decided about a patient. */
  void forget(TenantId tenant, PatientId patient) {
    jdbc.update(
        """
        delete from subscriptions.episode where tenant_id = :tenant and patient_id = :patient
        """,
        new MapSqlParameterSource("tenant", tenant.value()).addValue("patient", patient.value()));
  }

  void save(TenantId tenant, PatientId patient, String family, FamilyState state) {
    Episode open = state.open().orElse(null);
    jdbc.update(
        """
        insert into subscriptions.episode (tenant_id, patient_id, family, decided_at, rule_id,
          tier, alert_id, device_id, raised_at)
        values (:tenant, :patient, :family, :decided, :rule, :tier, :alert, :device, :raised)
        on conflict on constraint episode_pk do update
        set decided_at = excluded.decided_at, rule_id = excluded.rule_id, tier = excluded.tier,
          alert_id = excluded.alert_id, device_id = excluded.device_id,
          raised_at = excluded.raised_at
        """,
        new MapSqlParameterSource("tenant", tenant.value())
            .addValue("patient", patient.value())
            .addValue("family", family)
            .addValue("decided", state.decidedAt().atOffset(ZoneOffset.UTC))
            .addValue("rule", open == null ? null : open.rule())
            .addValue("tier", open == null ? null : open.tier().name())
            .addValue("alert", open == null ? null : open.alert().value())
            .addValue("device", open == null ? null : open.device().value())
            .addValue("raised", open == null ? null : open.raisedAt().atOffset(ZoneOffset.UTC)));
  }

  private static FamilyState state(ResultSet row) throws SQLException {
    String rule = row.getString("rule_id");
    return new FamilyState(
        row.getObject("decided_at", OffsetDateTime.class).toInstant(),
        rule == null
            ? Optional.empty()
            : Optional.of(
                new Episode(
                    rule,
                    Tier.valueOf(row.getString("tier")),
                    new AlertId(row.getString("alert_id")),
                    new DeviceId(row.getString("device_id")),
                    row.getObject("raised_at", OffsetDateTime.class).toInstant())));
  }
}
