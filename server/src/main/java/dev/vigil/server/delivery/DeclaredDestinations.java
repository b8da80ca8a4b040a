package dev.vigil.server.delivery;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.param.TokenOrListParam;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.AllTenants;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.delivery.Destination;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.Source;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Destinations that tenants declared as FHIR resources. Kept until one of the resources is written
 * here, or for a minute if another server writes it: the delivery engine asks every second.
 */
@Component
@Interceptor
class DeclaredDestinations {

  private static final Source READER = new Source("system", "delivery");
  private static final Duration KEPT = Duration.ofMinutes(1);

  private record Known(Instant until, List<Destination> destinations) {}

  private final DaoRegistry daos;
  private final AllTenants tenants;
  private final LogSignal signal;
  private final Clock clock;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  DeclaredDestinations(
      DaoRegistry daos,
      AllTenants tenants,
      LogSignal signal,
      Clock clock,
      IInterceptorService hooks) {
    this.daos = daos;
    this.tenants = tenants;
    this.signal = signal;
    this.clock = clock;
    hooks.registerInterceptor(this);
  }

  /**
   * The destinations of all tenants.
   *
   * @param statuses of the resource that count
   * @param destination makes one of a resource
   */
  <T extends Resource> List<Destination> of(
      Class<T> type, List<String> statuses, BiFunction<TenantId, T, Destination> destination) {
    Known kept = known.get(type.getSimpleName());
    if (kept != null && kept.until().isAfter(clock.instant())) {
      return kept.destinations();
    }
    long before = changes.get();
    List<Destination> found = new ArrayList<>();
    for (TenantId tenant : tenants.list()) {
      SearchParameterMap query = SearchParameterMap.newSynchronous();
      query.add("status", new TokenOrListParam(null, statuses.toArray(String[]::new)));
      daos
          .getResourceDao(type)
          .search(query, RequestOrigin.system(tenant, READER))
          .getAllResources()
          .stream()
          .map(type::cast)
          .map(resource -> destination.apply(tenant, resource))
          .forEach(found::add);
    }
    // What a commit overtook while we read is not kept: it would hide the change for a minute.
    if (changes.get() == before) {
      known.put(type.getSimpleName(), new Known(clock.instant().plus(KEPT), List.copyOf(found)));
    }
    return found;
  }

  @Hook(Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED)
  void created(IBaseResource resource) {
    forgetAfterCommit(resource);
  }

  @Hook(Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED)
  void updated(IBaseResource old, IBaseResource resource) {
    forgetAfterCommit(resource);
  }

  @Hook(Pointcut.STORAGE_PRECOMMIT_RESOURCE_DELETED)
  void deleted(IBaseResource resource) {
    forgetAfterCommit(resource);
  }

  private void forgetAfterCommit(IBaseResource resource) {
    String type = resource.fhirType();
    if (!type.equals("Subscription") && !type.equals("Endpoint")) {
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            changes.incrementAndGet();
            known.remove(type);
            signal.fire();
          }
        });
  }
}
