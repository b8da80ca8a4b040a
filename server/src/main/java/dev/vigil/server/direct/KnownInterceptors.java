package dev.vigil.server.direct;

import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.rest.server.RestfulServer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whether all interceptors that HAPI would call are such that the short way does what they do. One
 * that nobody has thought of here (an audit of reads, a consent service) closes the short way, so
 * that nothing passes by it.
 */
final class KnownInterceptors {

  /**
   * Of ours, the first two choose the tenant and judge by scopes, which the door does by the same
   * {@code AccessDecision}. The others are about writes, bodies, batches, statements and refusals:
   * none of them changes or notes the answer to a GET that the door takes.
   */
  private static final Set<String> KNOWN =
      Set.of(
          "dev.vigil.server.access.ScopeInterceptor",
          "dev.vigil.server.fhir.TenantPartitions",
          "dev.vigil.server.fhir.AnswerShape",
          "dev.vigil.server.fhir.BatchReader",
          "dev.vigil.server.fhir.EmptyOperationBody",
          "dev.vigil.server.fhir.MomentParameter",
          "dev.vigil.server.fhir.NumberLimit",
          "dev.vigil.server.fhir.ReadOnlyTypes",
          "dev.vigil.server.fhir.VersionCondition",
          "dev.vigil.server.alert.DetectedIssueGuard",
          "dev.vigil.server.alert.RuleGate",
          "dev.vigil.server.delivery.DeclaredDestinations",
          "dev.vigil.server.delivery.SubscriptionGate",
          "dev.vigil.server.erasure.ErasedPatientGate",
          "dev.vigil.server.intake.ReadingGate",
          "dev.vigil.server.intake.WriteJournal",
          "ca.uhn.fhir.jpa.interceptor.UserRequestRetryVersionConflictsInterceptor",
          "ca.uhn.fhir.rest.openapi.OpenApiInterceptor");

  private final IInterceptorService store;
  private final Supplier<RestfulServer> server;

  KnownInterceptors(IInterceptorService store, Supplier<RestfulServer> server) {
    this.store = store;
    this.server = server;
  }

  boolean allKnown() {
    return unknown().isEmpty();
  }

  /** Class names of those that close the short way. */
  List<String> unknown() {
    return Stream.concat(
            store.getAllRegisteredInterceptors().stream(),
            server.get().getInterceptorService().getAllRegisteredInterceptors().stream())
        .map(interceptor -> interceptor.getClass().getName())
        .filter(name -> !KNOWN.contains(name))
        .distinct()
        .toList();
  }
}
