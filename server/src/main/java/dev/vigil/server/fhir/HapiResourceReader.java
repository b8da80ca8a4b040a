package dev.vigil.server.fhir;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.param.TokenOrListParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.exceptions.ResourceGoneException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.delivery.ResourceReader;
import dev.vigil.telemetry.log.Source;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.stereotype.Component;

/** Reads from HAPI in a tenant's partition, past the caller's rights. */
@Component
class HapiResourceReader implements ResourceReader {

  private static final Source READER = new Source("system", "reader");

  private final DaoRegistry daos;

  HapiResourceReader(DaoRegistry daos) {
    this.daos = daos;
  }

  @Override
  public <T extends Resource> Optional<T> read(TenantId tenant, Class<T> type, String id) {
    try {
      IdType name = new IdType(type.getSimpleName(), id);
      return Optional.of(
          daos.getResourceDao(type).read(name, RequestOrigin.system(tenant, READER)));
    } catch (ResourceNotFoundException | ResourceGoneException e) {
      return Optional.empty();
    }
  }

  /** In one search instead of a read each. */
  @Override
  public <T extends Resource> Map<String, T> readAll(
      TenantId tenant, Class<T> type, Set<String> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    TokenOrListParam any = new TokenOrListParam();
    ids.forEach(id -> any.add(new TokenParam(id)));
    SearchParameterMap named =
        new SearchParameterMap().add(Constants.PARAM_ID, any).setLoadSynchronousUpTo(ids.size());
    return daos
        .getResourceDao(type)
        .search(named, RequestOrigin.system(tenant, READER))
        .getAllResources()
        .stream()
        .map(type::cast)
        .collect(Collectors.toMap(found -> found.getIdElement().getIdPart(), found -> found));
  }
}
