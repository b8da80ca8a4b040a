package dev.vigil.server.observation;

import ca.uhn.fhir.jpa.dao.JpaResourceDaoObservation;
import org.hl7.fhir.r4.model.Observation;

/**
 * HAPI's own DAO as a plain object, for what it does without touching its tables: searches, which
 * all go through the search builder, and validation. Not a bean, since HAPI takes the last bean of
 * a resource type for its DAO.
 */
class HapiObservations extends JpaResourceDaoObservation<Observation> {

  HapiObservations() {
    setResourceType(Observation.class);
  }

  /**
   * HAPI's checks of any resource before it is stored.
   *
   * @throws ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException for a subset, a
   *     reference to a type that may not stand there, or too many tags
   */
  void check(Observation observation) {
    validateResourceForStorage(observation, null);
  }

  /** Brings tags, labels and profiles into the order in which HAPI shows them. */
  void sortTags(Observation observation) {
    myMetaTagSorter.sort(observation.getMeta());
  }
}
