package dev.vigil.subscriptions.rule;

import dev.vigil.core.AlertId;
import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.subscriptions.rule.Question.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Rows of {@code subscriptions.episode}. */
final class EpisodeTable {

  private final NamedParameterJdbcTemplate jdbc;

  EpisodeTable(NamedParameterJdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** What was decided about each family of some patients; each of them has an entry. */
  Map<Person, Map<String, FamilyState>> states(Collection<Person> people) {
    Map<Person, Map<String, FamilyState>> states = new HashMap<>();
    people.forEach(person -> states.put(person, new TreeMap<>()));
    jdbc.query(
        """
        select episode.*
        from unnest(cast(:tenants as text[]), cast(:patients as text[]))
          as asked (tenant_id, patient_id)
        join subscriptions.episode using (tenant_id, patient_id)
        """,
        new MapSqlParameterSource("tenants", column(states.keySet(), one -> one.tenant().value()))
            .addValue("patients", column(states.keySet(), one -> one.patient().value())),
        row -> {
          states
              .get(
                  new Person(
                      new TenantId(row.getString("tenant_id")),
                      new PatientId(row.getString("patient_id"))))
              .put(row.getString("family"), state(row));
        });
    return states;
  }

  private static String[] column(Collection<Person> people, Function<Person, String> cell) {
    return people.stream().map(cell).toArray(String[]::new);
  }

  /** Deletes what was decided about a patient. */
  void forget(TenantId tenant, PatientId patient) {
    jdbc.update(
        """
        delete from subscriptions.episode where tenant_id = :tenant and patient_id = :patient
        """,
        new MapSqlParameterSource("tenant", tenant.value()).addValue("patient", patient.value()));
  }

  void save(Subject subject, FamilyState state) {
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
        new MapSqlParameterSource("tenant", subject.person().tenant().value())
            .addValue("patient", subject.person().patient().value())
            .addValue("family", subject.family())
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
