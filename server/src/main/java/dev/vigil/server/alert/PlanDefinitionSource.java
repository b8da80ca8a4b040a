package dev.vigil.server.alert;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.param.TokenParam;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.subscriptions.rule.RuleSource;
import java.util.List;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.springframework.stereotype.Component;

/** Rules from HAPI. All tenants share them, so the tenant does not matter yet. */
@Component
class PlanDefinitionSource implements RuleSource {

  private final DaoRegistry daos;

  PlanDefinitionSource(DaoRegistry daos) {
    this.daos = daos;
  }

  @Override
  public List<PlanDefinition> active(TenantId tenant) {
    SearchParameterMap query =
        SearchParameterMap.newSynchronous(PlanDefinition.SP_STATUS, new TokenParam("active"));
    IBundleProvider found =
        daos.getResourceDao(PlanDefinition.class).search(query, RequestOrigin.systemShared());
    return found.getAllResources().stream().map(PlanDefinition.class::cast).toList();
  }
}
