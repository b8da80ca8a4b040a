package dev.vigil.server.fhir;

import ca.uhn.fhir.jpa.dao.r4.TransactionProcessorVersionAdapterR4;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.OperationOutcome;

/**
 * In a batch, HAPI replaces the OperationOutcome of a refused entry by one of its own that has lost
 * the expression. This one keeps what the refusal said.
 */
final class OutcomeKeepingTransactionAdapter extends TransactionProcessorVersionAdapterR4 {

  private static final String EXPLAINED =
      OutcomeKeepingTransactionAdapter.class.getName() + ".status";

  @Override
  public void populateEntryWithOperationOutcome(
      BaseServerResponseException refusal, Bundle.BundleEntryComponent entry) {
    BaseServerResponseException explained = AnswerShape.explain(refusal);
    if (explained.getOperationOutcome() instanceof OperationOutcome outcome) {
      entry.getResponse().setOutcome(outcome);
    } else {
      super.populateEntryWithOperationOutcome(explained, entry);
    }
    if (explained != refusal) {
      entry.setUserData(EXPLAINED, explained.getStatusCode() + " Refused");
    }
  }

  /** HAPI sets the status of the refusal it caught, after the outcome. */
  @Override
  public void setResponseStatus(Bundle.BundleEntryComponent entry, String status) {
    Object explained = entry.getUserData(EXPLAINED);
    super.setResponseStatus(entry, explained == null ? status : explained.toString());
  }
}
