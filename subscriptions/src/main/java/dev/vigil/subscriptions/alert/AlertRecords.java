package dev.vigil.subscriptions.alert;

import dev.vigil.core.TenantId;
import org.hl7.fhir.r4.model.DetectedIssue;

/** Keeps the FHIR face of alerts. The FHIR store implements it. */
@FunctionalInterface
public interface AlertRecords {

  /** Creates or updates the DetectedIssue under its own id, in the caller's transaction. */
  void save(TenantId tenant, DetectedIssue issue);
}
