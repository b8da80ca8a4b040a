package dev.vigil.server.access;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.IPreResourceShowDetails;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.exceptions.ForbiddenOperationException;
import ca.uhn.fhir.rest.server.interceptor.auth.AuthorizationConstants;
import ca.uhn.fhir.rest.server.interceptor.auth.AuthorizationInterceptor;
import ca.uhn.fhir.rest.server.interceptor.auth.IAuthRule;
import ca.uhn.fhir.rest.server.interceptor.auth.RuleBuilder;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.log.Source;
import java.util.List;
import java.util.OptionalInt;
import org.hl7.fhir.instance.model.api.IBaseBundle;
import org.hl7.fhir.instance.model.api.IBaseConformance;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.OperationOutcome;

/**
 * Enforces the {@link AccessDecision} of each request: sets the tenant before HAPI chooses a
 * partition, then lets HAPI's AuthorizationInterceptor ask {@link ScopeRule}. Refusals are 403 with
 * an OperationOutcome, never an empty answer.
 *
 * <p>Calls from within ({@link SystemRequestDetails}, or none) pass: whoever makes them answers for
 * what they do.
 */
@Interceptor(order = AuthorizationConstants.ORDER_AUTH_INTERCEPTOR)
public final class ScopeInterceptor extends AuthorizationInterceptor {

  private static final String DECISION = ScopeInterceptor.class.getName() + ".decision";
  private static final String TRY_BATCH_AS_TRANSACTION = "X-Transaction-Semantics";

  private final Tenants tenants;

  ScopeInterceptor(Tenants tenants) {
    this.tenants = tenants;
  }

  /**
   * The decision for a request of the FHIR endpoint. Works on every thread, also on those that HAPI
   * runs the reads of a batch on.
   *
   * @throws ForbiddenOperationException if the request came past the door without a caller
   */
  static AccessDecision decision(RequestDetails request) {
    if (request.getUserData().get(DECISION) instanceof AccessDecision decision) {
      return decision;
    }
    throw forbidden("the caller belongs to no tenant");
  }

  /** The first hook of a request: finds out who calls and in which tenant, also for the log. */
  @Hook(Pointcut.SERVER_INCOMING_REQUEST_POST_PROCESSED)
  public void identify(RequestDetails request) {
    if (request.getRestOperationType() == RestOperationTypeEnum.METADATA) {
      return;
    }
    AccessDecision decision =
        AccessDecision.current().orElseThrow(() -> forbidden("the caller belongs to no tenant"));
    request.getUserData().put(DECISION, decision);
    request.setTenantId(decision.tenant().value());
    // HAPI expects the tenant in the address and leaves it out of the links it makes. Where it is
    // not in the address, the type would be missing from the self link.
    request.setRequestPath(decision.tenant().value() + "/" + request.getRequestPath());
    RequestOrigin.mark(request, new Source("fhir", decision.actor().reference()));
  }

  /** HAPI lists each operation it could do; those that are denied to everybody are left out. */
  @Hook(Pointcut.SERVER_CAPABILITY_STATEMENT_GENERATED)
  public void keepWhatIsOffered(IBaseConformance statement) {
    if (statement instanceof CapabilityStatement capabilities) {
      for (CapabilityStatementRestComponent rest : capabilities.getRest()) {
        rest.getOperation()
            .removeIf(operation -> !FhirOperationAccess.offered("$" + operation.getName(), null));
        for (CapabilityStatementRestResourceComponent type : rest.getResource()) {
          type.getOperation()
              .removeIf(
                  operation ->
                      !FhirOperationAccess.offered("$" + operation.getName(), type.getType()));
        }
      }
    }
  }

  /** HAPI's own hook passes these by; every one of them is in our table. */
  @Hook(Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED)
  public void judgeWhatHapiLeavesOut(RequestDetails request) {
    switch (request.getRestOperationType()) {
      case VALIDATE, META, META_ADD, META_DELETE -> {
        if (!new ScopeRule(decision(request))
            .allowsRequest(request.getRestOperationType(), request)) {
          throw forbidden(request);
        }
      }
      case TRANSACTION -> {
        // With this header HAPI stores a batch at once, past the hook for its entries.
        if (request.getHeader(TRY_BATCH_AS_TRANSACTION) != null
            && request.getResource() instanceof Bundle bundle) {
          judgeEntries(request, bundle);
        }
      }
      default -> {
        // judged by HAPI's hook
      }
    }
  }

  /**
   * Called for a transaction as a whole and for each entry of a batch as a transaction of one: a
   * forbidden entry refuses the transaction, but only itself in a batch.
   */
  @Hook(Pointcut.STORAGE_TRANSACTION_PROCESSING)
  public void judgeTransaction(RequestDetails request, IBaseBundle bundle) {
    if (fromWithin(request) || !(bundle instanceof Bundle entries)) {
      return;
    }
    if (entries.getType() != Bundle.BundleType.BATCH) {
      judgeEntries(request, entries);
    }
  }

  private static void judgeEntries(RequestDetails request, Bundle bundle) {
    if (!new BundleEntries(decision(request), request.getFhirContext()).allAllowed(bundle)) {
      throw forbidden("an entry of the Bundle is not allowed by the scopes of the caller");
    }
  }

  @Override
  public List<IAuthRule> buildRuleList(RequestDetails request) {
    if (request.getRestOperationType() == RestOperationTypeEnum.METADATA) {
      return new RuleBuilder().allowAll("open to everybody").build();
    }
    return List.of(new ScopeRule(decision(request)));
  }

  @Override
  @Hook(Pointcut.STORAGE_PRESHOW_RESOURCES)
  public void hookPreShow(
      RequestDetails request, IPreResourceShowDetails details, Pointcut pointcut) {
    if (fromWithin(request) || request.getRestOperationType() == null) {
      return;
    }
    for (int i = 0; i < details.size(); i++) {
      refuseOtherTenants(request, details.getResource(i));
    }
    super.hookPreShow(request, details, pointcut);
  }

  /** A second lock behind the partitions: a page of somebody else's search, say. */
  private void refuseOtherTenants(RequestDetails request, IBaseResource resource) {
    OptionalInt own = tenants.partition(decision(request).tenant());
    RequestPartitionId partition = RequestPartitionId.getPartitionIfAssigned(resource).orElse(null);
    if (partition == null || !partition.hasPartitionIds()) {
      return;
    }
    for (Integer id : partition.getPartitionIds()) {
      boolean shared = id == null || id == 0;
      if (!shared && (own.isEmpty() || own.getAsInt() != id)) {
        throw forbidden("a resource of another tenant");
      }
    }
  }

  @Override
  @Hook(Pointcut.SERVER_OUTGOING_RESPONSE)
  public void hookOutgoingResponse(
      RequestDetails request, IBaseResource response, Pointcut pointcut) {
    if (!fromWithin(request) && request.getRestOperationType() != null) {
      super.hookOutgoingResponse(request, response, pointcut);
    }
  }

  @Override
  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED)
  public void hookResourcePreCreate(
      RequestDetails request, IBaseResource resource, Pointcut pointcut) {
    if (!fromWithin(request)) {
      super.hookResourcePreCreate(request, resource, pointcut);
    }
  }

  @Override
  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED)
  public void hookResourcePreUpdate(
      RequestDetails request, IBaseResource before, IBaseResource after, Pointcut pointcut) {
    if (!fromWithin(request)) {
      super.hookResourcePreUpdate(request, before, after, pointcut);
    }
  }

  @Override
  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_DELETED)
  public void hookResourcePreDelete(
      RequestDetails request, IBaseResource resource, Pointcut pointcut) {
    if (!fromWithin(request)) {
      super.hookResourcePreDelete(request, resource, pointcut);
    }
  }

  @Override
  protected void handleDeny(RequestDetails request, Verdict verdict) {
    throw forbidden(request);
  }

  private static boolean fromWithin(RequestDetails request) {
    return request == null || request instanceof SystemRequestDetails;
  }

  private static ForbiddenOperationException forbidden(RequestDetails request) {
    String what = request.getOperation() == null ? "" : " " + request.getOperation();
    String type = request.getResourceName() == null ? "the server" : request.getResourceName();
    return forbidden(
        "the scopes of the caller do not allow "
            + request.getRestOperationType().getCode()
            + what
            + " on "
            + type);
  }

  private static ForbiddenOperationException forbidden(String message) {
    OperationOutcome outcome = new OperationOutcome();
    outcome
        .addIssue()
        .setSeverity(OperationOutcome.IssueSeverity.ERROR)
        .setCode(OperationOutcome.IssueType.FORBIDDEN)
        .setDiagnostics(message);
    return new ForbiddenOperationException(message, outcome);
  }
}
