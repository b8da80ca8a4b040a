package dev.vigil.server.observation;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.api.svc.ResolveIdentityMode;
import ca.uhn.fhir.jpa.model.cross.IResourceLookup;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.entity.ResourceLink;
import ca.uhn.fhir.jpa.model.entity.ResourceTable;
import ca.uhn.fhir.jpa.searchparam.extractor.ISearchParamExtractor;
import ca.uhn.fhir.jpa.searchparam.extractor.ISearchParamExtractorSvc;
import ca.uhn.fhir.jpa.searchparam.extractor.ISearchParamWithInlineReferencesExtractor;
import ca.uhn.fhir.jpa.searchparam.extractor.ResourceIndexedSearchParams;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.Observations;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;

/**
 * Resolves what an Observation refers to with HAPI's own rules: what is unknown here, deleted or of
 * the wrong type is refused in HAPI's words, contained resources are none of its links, and a
 * condition in the place of a reference is replaced by what it finds.
 */
final class ObservationLinks {

  private static final String SUBJECT = "Observation.subject";

  private final FhirContext context;
  private final ISearchParamWithInlineReferencesExtractor conditions;
  private final ISearchParamExtractorSvc extractor;
  private final IIdHelperService<JpaPid> ids;
  private final Observations store;

  ObservationLinks(
      FhirContext context,
      ISearchParamWithInlineReferencesExtractor conditions,
      ISearchParamExtractorSvc extractor,
      IIdHelperService<JpaPid> ids,
      Observations store) {
    this.context = context;
    this.conditions = conditions;
    this.extractor = extractor;
    this.ids = ids;
    this.store = store;
  }

  /**
   * The links of what is about to be stored; may change its references.
   *
   * @throws ca.uhn.fhir.rest.server.exceptions.InvalidRequestException with HAPI-1094 if a target
   *     is not known here
   */
  List<ObservationLink> resolve(
      ObservationEntity entity,
      Observation observation,
      RequestDetails request,
      TransactionDetails transaction) {
    conditions.extractInlineReferences(request, observation, transaction);
    if (!open(observation, transaction).isEmpty()) {
      trustPrevious(entity, transaction);
      preResolve(entity.partition(), open(observation, transaction), transaction);
    }
    ResourceIndexedSearchParams found = ResourceIndexedSearchParams.withSets();
    extractor.extractFromResource(
        entity.partition(),
        request,
        found,
        ResourceIndexedSearchParams.withSets(),
        asHapis(entity),
        observation,
        transaction,
        true,
        ISearchParamExtractor.NO_PARAMS);
    return once(found.getResourceLinks().stream().map(ObservationLinks::asOurs).toList());
  }

  /**
   * HAPI finds a subject that is a Patient by two parameters, {@code subject} and {@code patient};
   * the element itself serves both.
   */
  static List<ObservationLink> once(List<ObservationLink> links) {
    boolean named = links.stream().anyMatch(link -> link.path().equals(SUBJECT));
    return links.stream()
        .filter(link -> !named || !link.path().startsWith(SUBJECT + ".where("))
        .toList();
  }

  /** The targets of the last version were checked when it was written, as in HAPI. */
  private void trustPrevious(ObservationEntity entity, TransactionDetails transaction) {
    if (entity.getVersion() == 1 && !entity.hasJson()) {
      return;
    }
    Integer partition = entity.partition().getFirstPartitionIdOrNull();
    store.linksFrom(entity.tenant(), List.of(entity.key()), Set.of()).stream()
        .map(Observations.FoundLink::link)
        .filter(link -> link.targetPid() != null)
        .forEach(
            link -> {
              IdType id = new IdType(link.targetType(), link.targetId());
              JpaPid pid = JpaPid.fromId(link.targetPid(), partition);
              pid.setAssociatedResourceId(id);
              transaction.addResolvedResourceId(id, pid);
            });
  }

  /** What it refers to here that nobody in this request has looked up yet. */
  private List<IIdType> open(Observation observation, TransactionDetails transaction) {
    return context.newTerser().getAllResourceReferences(observation).stream()
        .map(found -> found.getResourceReference().getReferenceElement())
        .filter(ObservationLinks::isLocal)
        .map(IIdType::toUnqualifiedVersionless)
        .filter(id -> !transaction.hasResolvedResourceId(id))
        .distinct()
        .toList();
  }

  /** All in one query. What is missing is left to HAPI, which knows the words for it. */
  private void preResolve(
      RequestPartitionId partition, List<IIdType> open, TransactionDetails transaction) {
    if (open.size() > 1) {
      ids.resolveResourceIdentities(
              partition, open, ResolveIdentityMode.excludeDeleted().noCacheUnlessDeletesDisabled())
          .forEach((id, target) -> transaction.addResolvedResourceId(id, pid(target)));
    }
  }

  private static boolean isLocal(IIdType id) {
    return id.hasResourceType()
        && id.hasIdPart()
        && !id.hasBaseUrl()
        && !id.isLocal()
        && !id.isUuid()
        && id.getValue().indexOf('?') < 0;
  }

  private static JpaPid pid(IResourceLookup<JpaPid> target) {
    return target.getPersistentId();
  }

  /** A row of HAPI's that is never stored, for the parts of HAPI that speak of rows only. */
  static ResourceTable asHapis(ObservationEntity entity) {
    ResourceTable row = new ResourceTable();
    row.setId(entity.getPersistentId());
    row.setResourceType(SyntheticPid.TYPE);
    row.setFhirId(entity.getFhirId());
    row.setPartitionId(entity.getPartitionId());
    return row;
  }

  private static ObservationLink asOurs(ResourceLink link) {
    return link.getTargetResourceUrl() != null
        ? ObservationLink.external(
            link.getSourcePath(), link.getTargetResourceType(), link.getTargetResourceUrl())
        : new ObservationLink(
            link.getSourcePath(),
            link.getTargetResourceType(),
            link.getTargetResourcePid(),
            link.getTargetResourceId(),
            link.getTargetResourceVersion(),
            null);
  }
}
