package dev.vigil.server.intake;

import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.intake.Intake;
import dev.vigil.telemetry.log.Source;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Meta;
import org.springframework.stereotype.Component;

/**
 * The intake port on HAPI's transaction processor: the same checks and the same log as the FHIR
 * door.
 */
@Component
class HapiIntake implements Intake {

  private final IFhirSystemDao<Bundle, Meta> store;

  HapiIntake(IFhirSystemDao<Bundle, Meta> store) {
    this.store = store;
  }

  @Override
  public Bundle submit(TenantId tenant, Source source, Bundle bundle) {
    try {
      SystemRequestDetails request = RequestOrigin.system(tenant, source);
      request.setResource(bundle);
      return store.transaction(request, bundle);
    } catch (BaseServerResponseException e) {
      throw Refusals.asProblems(e);
    }
  }
}
