package dev.vigil.subscriptions.alert;

import dev.vigil.core.AlertId;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Alerts for people to look at. */
public final class AlertBoard {

  private final AlertTable table;

  /** Reads {@code subscriptions.alert} there. */
  public AlertBoard(NamedParameterJdbcTemplate jdbc) {
    this.table = new AlertTable(jdbc);
  }

  /**
   * What is not resolved: unacknowledged before acknowledged, high before low, oldest first. An
   * alert whose condition is over but that nobody acknowledged is among them.
   */
  public List<TrackedAlert> open(TenantId tenant) {
    return table.open(tenant);
  }

  /** Every alert of a patient, newest first. */
  public List<TrackedAlert> ofPatient(TenantId tenant, PatientId patient) {
    return table.ofPatient(tenant, patient);
  }

  /** One alert of the tenant, in any state. */
  public Optional<TrackedAlert> find(TenantId tenant, AlertId alert) {
    return table.find(tenant, alert);
  }
}
