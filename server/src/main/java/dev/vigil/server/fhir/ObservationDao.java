package dev.vigil.server.fhir;

import ca.uhn.fhir.jpa.dao.JpaResourceDaoObservation;
import ca.uhn.fhir.jpa.model.entity.ResourceTag;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.telemetry.intake.ReadingCheck;
import org.hl7.fhir.r4.model.Observation;

/**
 * Lets the intake's own tags speak of the current version only. HAPI carries every tag over to the
 * next version; a corrected time would stay tagged as ahead of the clock.
 */
class ObservationDao extends JpaResourceDaoObservation<Observation> {

  @Override
  protected boolean shouldDroppedTagBeRemovedOnUpdate(RequestDetails request, ResourceTag tag) {
    return super.shouldDroppedTagBeRemovedOnUpdate(request, tag)
        || ReadingCheck.INTAKE_TAG.equals(tag.getTag().getSystem());
  }
}
