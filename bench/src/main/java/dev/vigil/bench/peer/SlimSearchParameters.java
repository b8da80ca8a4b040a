package dev.vigil.bench.peer;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;
import org.hl7.fhir.r4.model.SearchParameter;

/**
 * Retires, as HAPI's documentation tells, what device readings are not searched by, so that HAPI
 * writes fewer index rows.
 */
final class SlimSearchParameters {

  private static final String TYPE = "Observation";
  private static final Set<String> KEPT =
      Set.of("code", "date", "patient", "subject", "identifier", "category", "device");

  private final DaoRegistry daos;
  private final ISearchParamRegistry registry;

  SlimSearchParameters(DaoRegistry daos, ISearchParamRegistry registry) {
    this.daos = daos;
    this.registry = registry;
  }

  void retireOthers() {
    List<RuntimeSearchParam> others =
        active().stream()
            .filter(parameter -> !parameter.getName().startsWith("_"))
            .filter(parameter -> !KEPT.contains(parameter.getName()))
            .toList();
    for (RuntimeSearchParam parameter : others) {
      daos.getResourceDao(SearchParameter.class)
          .create(retired(parameter), new SystemRequestDetails());
    }
    registry.forceRefresh();
    long left = active().stream().filter(p -> !p.getName().startsWith("_")).count();
    if (left != KEPT.size()) {
      throw new IllegalStateException("HAPI kept " + left + " search parameters of " + TYPE);
    }
  }

  private Collection<RuntimeSearchParam> active() {
    return registry.getActiveSearchParams(TYPE, SearchParamLookupContextEnum.ALL).values();
  }

  private static SearchParameter retired(RuntimeSearchParam parameter) {
    SearchParameter retired = new SearchParameter();
    retired.setUrl(parameter.getUri());
    retired.setName(parameter.getName());
    retired.setCode(parameter.getName());
    retired.setDescription("not used here");
    retired.setStatus(PublicationStatus.RETIRED);
    retired.setType(SearchParamType.fromCode(parameter.getParamType().getCode()));
    retired.setExpression(parameter.getPath());
    parameter.getBase().forEach(base -> retired.getBase().add(new CodeType(base)));
    return retired;
  }
}
