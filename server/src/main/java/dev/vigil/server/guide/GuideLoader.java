package dev.vigil.server.guide;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import dev.vigil.ig.MonitoringPackage;
import dev.vigil.server.fhir.RequestOrigin;
import java.util.Arrays;
import java.util.Comparator;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.hl7.fhir.r4.model.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Puts the guide into the store under its own ids, so that a second start changes nothing. A rule
 * that is already there is left alone unless the guide brings a newer version: its clinical owner
 * may have edited it.
 */
@Component
@Order(GuideLoader.ORDER)
class GuideLoader implements ApplicationRunner {

  /** Before everything that reads rules. */
  static final int ORDER = 0;

  /** Business versions as {@code 1.10.0} after {@code 1.9.0}. */
  private static final Comparator<String> BY_PARTS =
      Comparator.comparing(GuideLoader::parts, Arrays::compare);

  private static final Logger log = LoggerFactory.getLogger(GuideLoader.class);

  private final FhirContext context;
  private final IFhirSystemDao<Bundle, Meta> store;
  private final DaoRegistry daos;
  private final ISearchParamRegistry searchParameters;

  GuideLoader(
      FhirContext context,
      IFhirSystemDao<Bundle, Meta> store,
      DaoRegistry daos,
      ISearchParamRegistry searchParameters) {
    this.context = context;
    this.store = store;
    this.daos = daos;
    this.searchParameters = searchParameters;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    for (MonitoringPackage.Entry entry : MonitoringPackage.conformance()) {
      Resource resource = (Resource) context.newJsonParser().parseResource(entry.json());
      if (!(resource instanceof PlanDefinition rule) || newer(rule)) {
        bundle
            .addEntry()
            .setResource(resource)
            .getRequest()
            .setMethod(HTTPVerb.PUT)
            .setUrl(entry.type() + "/" + entry.id());
      }
    }
    store.transaction(RequestOrigin.systemShared(), bundle);
    searchParameters.forceRefresh();
    log.info(
        "guide loaded package={} resources={}", MonitoringPackage.NAME, bundle.getEntry().size());
  }

  private boolean newer(PlanDefinition rule) {
    IFhirResourceDao<PlanDefinition> rules = daos.getResourceDao(PlanDefinition.class);
    try {
      PlanDefinition present =
          rules.read(
              new IdType("PlanDefinition", rule.getIdElement().getIdPart()),
              RequestOrigin.systemShared());
      return BY_PARTS.compare(rule.getVersion(), present.getVersion()) > 0;
    } catch (ResourceNotFoundException e) {
      return true;
    }
  }

  private static int[] parts(String version) {
    return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }
}
