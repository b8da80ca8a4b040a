package dev.vigil.server.observation;

import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.rest.server.exceptions.ResourceVersionConflictException;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleEntryRequestComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.IdType;
import org.springframework.beans.factory.ObjectProvider;

/**
 * {@code ifMatch} of the entries of a Bundle. HAPI holds updates and patches against it, but passes
 * over it on a deletion, and meets one that names no version with a failure of its own.
 */
final class EntryVersions {

  private final ObjectProvider<DaoRegistry> daos;

  EntryVersions(ObjectProvider<DaoRegistry> daos) {
    this.daos = daos;
  }

  /**
   * Within the transaction, before anything is written.
   *
   * @throws InvalidRequestException if an entry's {@code ifMatch} names no version or goes with a
   *     condition
   * @throws ResourceVersionConflictException if what is to be deleted has another version
   */
  void require(List<IBase> entries, RequestDetails request) {
    for (IBase entry : entries) {
      if (entry instanceof BundleEntryComponent one && one.getRequest().hasIfMatch()) {
        require(one.getRequest(), request);
      }
    }
  }

  private void require(BundleEntryRequestComponent asked, RequestDetails request) {
    Optional<String> version = VersionTag.version(asked.getIfMatch());
    if (version.isEmpty()) {
      throw new InvalidRequestException("Bundle.entry.request.ifMatch " + VersionTag.WRONG);
    }
    IdType id = new IdType(asked.getUrl());
    if (asked.getUrl().contains("?") || !id.hasIdPart()) {
      throw new InvalidRequestException(
          "Bundle.entry.request.ifMatch goes with the id of a resource, not with a condition");
    }
    if (asked.getMethod() == HTTPVerb.DELETE) {
      requireCurrent(id, Long.parseLong(version.get()), request);
    }
  }

  /** What does not exist is left to HAPI, as without a version. */
  private void requireCurrent(IdType id, long version, RequestDetails request) {
    long current;
    try {
      current =
          daos.getObject()
              .getResourceDao(id.getResourceType())
              .readEntity(id.toUnqualifiedVersionless(), request)
              .getVersion();
    } catch (ResourceNotFoundException e) {
      return;
    }
    if (current != version) {
      throw new ResourceVersionConflictException(
          Msg.code(961)
              + "Trying to delete "
              + id.toUnqualifiedVersionless().withVersion(Long.toString(version)).getValue()
              + " but this is not the current version");
    }
  }
}
