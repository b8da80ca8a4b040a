package dev.vigil.server.alert;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.subscriptions.alert.AlertRecords;
import dev.vigil.telemetry.log.Source;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.springframework.stereotype.Component;

/** Keeps the FHIR face of alerts in HAPI, in the transaction of the step. */
@Component
class DetectedIssueRecords implements AlertRecords {

  /**
   * The door by which Vigil itself writes a DetectedIssue; {@link DetectedIssueGuard} lets it pass.
   */
  static final Source ALERTS = new Source("rules", "vigil");

  private final DaoRegistry daos;

  DetectedIssueRecords(DaoRegistry daos) {
    this.daos = daos;
  }

  @Override
  public void save(TenantId tenant, DetectedIssue issue) {
    daos.getResourceDao(DetectedIssue.class).update(issue, RequestOrigin.system(tenant, ALERTS));
  }
}
