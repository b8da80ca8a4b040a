package dev.vigil.subscriptions.alert;

import dev.vigil.core.AlertId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.core.event.Actor;
import dev.vigil.core.event.Alert;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Rows of {@code subscriptions.alert}. Each step is one atomic update. */
final class AlertTable {

  private final NamedParameterJdbcTemplate jdbc;

  AlertTable(NamedParameterJdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  void insert(TenantId tenant, Alert alert, Instant at) {
    jdbc.update(
        """
        insert into subscriptions.alert (tenant_id, alert_id, patient_id, rule_id, rule_version,
          tier, family, title, state, onset, completed_at, raised_at, evidence)
        values (:tenant, :alert, :patient, :rule, :version,
          :tier, :family, :title, 'RAISED', :onset, :completed, :at, :evidence)
        """,
        key(tenant, alert.id())
            .addValue("patient", alert.trigger().patient().value())
            .addValue("rule", alert.rule())
            .addValue("version", alert.ruleVersion())
            .addValue("tier", alert.tier().name())
            .addValue("family", alert.family())
            .addValue("title", alert.title())
            .addValue("onset", timestamp(alert.onset()))
            .addValue("completed", timestamp(alert.raisedAt()))
            .addValue("at", timestamp(at))
            .addValue("evidence", EvidenceCodec.write(alert.evidence())));
  }

  /** Deletes every alert of a patient. */
  void forget(TenantId tenant, PatientId patient) {
    jdbc.update(
        "delete from subscriptions.alert where tenant_id = :tenant and patient_id = :patient",
        new MapSqlParameterSource("tenant", tenant.value()).addValue("patient", patient.value()));
  }

  /** The open alert of a rule and tier of a patient, locked for the transaction. */
  Optional<TrackedAlert> openAlert(TenantId tenant, PatientId patient, String rule, Tier tier) {
    return jdbc
        .query(
            """
            select * from subscriptions.alert
            where tenant_id = :tenant and patient_id = :patient and rule_id = :rule
              and tier = :tier and state <> 'RESOLVED'
            for update
            """,
            new MapSqlParameterSource("tenant", tenant.value())
                .addValue("patient", patient.value())
                .addValue("rule", rule)
                .addValue("tier", tier.name()),
            AlertTable::tracked)
        .stream()
        .findFirst();
  }

  Optional<TrackedAlert> find(TenantId tenant, AlertId alert) {
    return jdbc
        .query(
            "select * from subscriptions.alert where tenant_id = :tenant and alert_id = :alert",
            key(tenant, alert),
            AlertTable::tracked)
        .stream()
        .findFirst();
  }

  List<TrackedAlert> ofPatient(TenantId tenant, PatientId patient) {
    return jdbc.query(
        """
        select * from subscriptions.alert
        where tenant_id = :tenant and patient_id = :patient
        order by raised_at desc, alert_id
        """,
        new MapSqlParameterSource("tenant", tenant.value()).addValue("patient", patient.value()),
        AlertTable::tracked);
  }

  List<TrackedAlert> open(TenantId tenant) {
    return jdbc.query(
        """
        select * from subscriptions.alert
        where tenant_id = :tenant and state <> 'RESOLVED'
        order by array_position(array['RAISED', 'ACKNOWLEDGED'], state),
          array_position(array['HIGH', 'MEDIUM', 'LOW', 'TECH'], tier), raised_at, alert_id
        """,
        new MapSqlParameterSource("tenant", tenant.value()),
        AlertTable::tracked);
  }

  /** The condition came back while the alert was still open: new evidence, not cleared. */
  void returned(TenantId tenant, AlertId id, Alert alert) {
    jdbc.update(
        """
        update subscriptions.alert
        set cleared_at = null, completed_at = :completed, evidence = :evidence,
          rule_version = :version
        where tenant_id = :tenant and alert_id = :alert
        """,
        key(tenant, id)
            .addValue("completed", timestamp(alert.raisedAt()))
            .addValue("version", alert.ruleVersion())
            .addValue("evidence", EvidenceCodec.write(alert.evidence())));
  }

  void cleared(TenantId tenant, AlertId id, Instant clearedAt) {
    jdbc.update(
        """
        update subscriptions.alert set cleared_at = :cleared
        where tenant_id = :tenant and alert_id = :alert
        """,
        key(tenant, id).addValue("cleared", timestamp(clearedAt)));
  }

  /** Whether this caller was the one. */
  boolean acknowledge(TenantId tenant, AlertId id, TrackedAlert.Mark mark) {
    return jdbc.update(
            """
            update subscriptions.alert
            set state = 'ACKNOWLEDGED', acknowledged_at = :at, acknowledged_by = :actor,
              acknowledged_name = :name, acknowledged_reason = :reason
            where tenant_id = :tenant and alert_id = :alert and state = 'RAISED'
            """,
            mark(tenant, id, mark))
        == 1;
  }

  /** Whether this caller was the one. */
  boolean resolve(TenantId tenant, AlertId id, TrackedAlert.Mark mark) {
    return jdbc.update(
            """
            update subscriptions.alert
            set state = 'RESOLVED', resolved_at = :at, resolved_by = :actor,
              resolved_name = :name, resolved_reason = :reason
            where tenant_id = :tenant and alert_id = :alert and state <> 'RESOLVED'
            """,
            mark(tenant, id, mark))
        == 1;
  }

  private static MapSqlParameterSource mark(TenantId tenant, AlertId id, TrackedAlert.Mark mark) {
    return key(tenant, id)
        .addValue("at", timestamp(mark.at()))
        .addValue("actor", mark.actor().reference())
        .addValue("name", mark.actor().name())
        .addValue("reason", mark.reason());
  }

  private static MapSqlParameterSource key(TenantId tenant, AlertId id) {
    return new MapSqlParameterSource("tenant", tenant.value()).addValue("alert", id.value());
  }

  private static OffsetDateTime timestamp(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static TrackedAlert tracked(ResultSet row, int number) throws SQLException {
    PatientId patient = new PatientId(row.getString("patient_id"));
    Alert alert =
        new Alert(
            new AlertId(row.getString("alert_id")),
            row.getString("rule_id"),
            row.getString("rule_version"),
            Tier.valueOf(row.getString("tier")),
            row.getString("family"),
            row.getString("title"),
            instant(row, "onset"),
            instant(row, "completed_at"),
            EvidenceCodec.read(patient, row.getString("evidence")));
    return new TrackedAlert(
        alert,
        AlertState.valueOf(row.getString("state")),
        instant(row, "raised_at"),
        Optional.ofNullable(instant(row, "cleared_at")),
        mark(row, "acknowledged"),
        mark(row, "resolved"));
  }

  private static Optional<TrackedAlert.Mark> mark(ResultSet row, String step) throws SQLException {
    Instant at = instant(row, step + "_at");
    return at == null
        ? Optional.empty()
        : Optional.of(
            new TrackedAlert.Mark(
                new Actor(row.getString(step + "_by"), row.getString(step + "_name")),
                row.getString(step + "_reason"),
                at));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }
}
