package dev.vigil.server.fhir;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.log.Source;

/** Whose request it is: carried by HAPI's request object from the door to the log. */
public final class RequestOrigin {

  /** Whose the resources are that all tenants share: rules, profiles, topics. */
  public static final TenantId SHARED = new TenantId("shared");

  private static final String SOURCE = RequestOrigin.class.getName() + ".source";

  private RequestOrigin() {}

  /** A request of Vigil's own in a tenant: the caller has already been judged. */
  public static SystemRequestDetails system(TenantId tenant, Source source) {
    SystemRequestDetails request = new SystemRequestDetails();
    request.setTenantId(tenant.value());
    mark(request, source);
    return request;
  }

  /** A request of Vigil's own for what all tenants share. */
  public static SystemRequestDetails systemShared() {
    SystemRequestDetails request = new SystemRequestDetails();
    mark(request, new Source("system", "vigil"));
    return request;
  }

  /** Notes where a request came from. */
  public static void mark(RequestDetails request, Source source) {
    request.getUserData().put(SOURCE, source);
  }

  /** The tenant of a request. */
  public static TenantId tenant(RequestDetails request) {
    String tenant = request == null ? null : request.getTenantId();
    return tenant == null ? SHARED : new TenantId(tenant);
  }

  /** Whether Vigil itself writes: what it makes is proven to conform by tests, not at run time. */
  public static boolean ownWork(RequestDetails request) {
    String door = source(request).door();
    return door.equals("system") || door.equals("rules");
  }

  /** Where a request came from. */
  public static Source source(RequestDetails request) {
    Object source = request == null ? null : request.getUserData().get(SOURCE);
    return source instanceof Source known ? known : new Source("system", "vigil");
  }
}
