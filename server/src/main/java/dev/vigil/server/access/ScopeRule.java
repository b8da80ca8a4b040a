package dev.vigil.server.access;

import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.interceptor.auth.AuthorizationFlagsEnum;
import ca.uhn.fhir.rest.server.interceptor.auth.AuthorizationInterceptor.Verdict;
import ca.uhn.fhir.rest.server.interceptor.auth.IAuthRule;
import ca.uhn.fhir.rest.server.interceptor.auth.IRuleApplier;
import ca.uhn.fhir.rest.server.interceptor.auth.PolicyEnum;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;

/**
 * The decision table between FHIR interactions and an {@link AccessDecision}. What is not in the
 * table is denied.
 *
 * <p>A request is judged three times: before it is handled (by interaction and type), when a
 * resource is about to be stored or deleted, and when one is about to go out. The entries of a
 * Bundle are judged by {@link BundleEntries} as soon as HAPI takes them up.
 */
final class ScopeRule implements IAuthRule {

  private final AccessDecision decision;
  private final SearchReach reach;

  ScopeRule(AccessDecision decision) {
    this.decision = decision;
    this.reach = new SearchReach(decision);
  }

  @Override
  public Verdict applyRule(
      RestOperationTypeEnum operation,
      RequestDetails request,
      IBaseResource input,
      IIdType inputId,
      IBaseResource output,
      IRuleApplier applier,
      Set<AuthorizationFlagsEnum> flags,
      Pointcut pointcut) {
    boolean allowed =
        switch (pointcut) {
          case SERVER_INCOMING_REQUEST_PRE_HANDLED -> allowsRequest(operation, request);
          case STORAGE_PRESTORAGE_RESOURCE_CREATED,
              STORAGE_PRESTORAGE_RESOURCE_UPDATED,
              STORAGE_PRESTORAGE_RESOURCE_DELETED ->
              allowsWrite(pointcut, request, input.fhirType());
          case STORAGE_PRESHOW_RESOURCES, SERVER_OUTGOING_RESPONSE ->
              allowsOutput(operation, request, output);
          case STORAGE_INITIATE_BULK_EXPORT -> allowsExport();
          default -> false;
        };
    return new Verdict(allowed ? PolicyEnum.ALLOW : PolicyEnum.DENY, this);
  }

  /** Whether the interaction may begin. */
  boolean allowsRequest(RestOperationTypeEnum operation, RequestDetails request) {
    String type = request.getResourceName();
    return switch (operation) {
      case METADATA -> true;
      // What the pages show is judged when it goes out; the entries of a Bundle one by one.
      case GET_PAGE, TRANSACTION, BATCH -> true;
      case READ, VREAD, HISTORY_INSTANCE -> decision.allows(type, Permission.READ);
      case SEARCH_TYPE ->
          decision.allows(type, Permission.SEARCH)
              && reach.allows(type, request.getParameters(), request.getFhirContext());
      case HISTORY_TYPE -> decision.allows(type, Permission.SEARCH);
      case SEARCH_SYSTEM, HISTORY_SYSTEM -> decision.allows(SmartScope.ANY_TYPE, Permission.SEARCH);
      case CREATE ->
          decision.allows(type, Permission.CREATE) && allowsCondition(operation, request);
      case UPDATE, PATCH ->
          decision.allows(type, Permission.UPDATE) && allowsCondition(operation, request);
      case DELETE ->
          decision.allows(type, Permission.DELETE) && allowsCondition(operation, request);
      case VALIDATE -> FhirOperationAccess.allows("$validate", type, decision);
      case META -> FhirOperationAccess.allows("$meta", type, decision);
      case META_ADD -> FhirOperationAccess.allows("$meta-add", type, decision);
      case META_DELETE -> FhirOperationAccess.allows("$meta-delete", type, decision);
      case GRAPHQL_REQUEST -> allowsExport();
      case EXTENDED_OPERATION_SERVER, EXTENDED_OPERATION_TYPE, EXTENDED_OPERATION_INSTANCE ->
          FhirOperationAccess.allows(request.getOperation(), type, decision)
              && (type == null
                  || reach.allows(type, request.getParameters(), request.getFhirContext()));
      default -> false;
    };
  }

  private boolean allowsCondition(RestOperationTypeEnum operation, RequestDetails request) {
    String condition = request.getConditionalUrl(operation);
    return condition == null
        || reach.allowsUrl(request.getResourceName(), condition, request.getFhirContext());
  }

  /** An operation that was allowed may write what it is for; its name was judged before. */
  private boolean allowsWrite(Pointcut pointcut, RequestDetails request, String type) {
    if (isOperation(request.getRestOperationType())) {
      return true;
    }
    return switch (pointcut) {
      case STORAGE_PRESTORAGE_RESOURCE_CREATED ->
          // SMART: an update that creates is allowed by u.
          decision.allows(type, Permission.CREATE) || decision.allows(type, Permission.UPDATE);
      case STORAGE_PRESTORAGE_RESOURCE_UPDATED -> decision.allows(type, Permission.UPDATE);
      default -> decision.allows(type, Permission.DELETE);
    };
  }

  private boolean allowsOutput(
      RestOperationTypeEnum operation, RequestDetails request, IBaseResource output) {
    String type = output.fhirType();
    if (operation == RestOperationTypeEnum.TRANSACTION
        || type.equals("OperationOutcome")
        || type.equals("Parameters")) {
      return true;
    }
    if (isOperation(operation) && type.equals(request.getResourceName())) {
      return true;
    }
    return decision.allows(type, Permission.READ) || decision.allows(type, Permission.SEARCH);
  }

  /** Export and GraphQL reach across types, so only clients that may read every type get them. */
  private boolean allowsExport() {
    return decision.system() && decision.readsEverything();
  }

  private static boolean isOperation(RestOperationTypeEnum operation) {
    if (operation == null) {
      return false;
    }
    return switch (operation) {
      case EXTENDED_OPERATION_SERVER,
          EXTENDED_OPERATION_TYPE,
          EXTENDED_OPERATION_INSTANCE,
          META,
          META_ADD,
          META_DELETE ->
          true;
      default -> false;
    };
  }

  @Override
  public String getName() {
    return "SMART scopes";
  }
}
