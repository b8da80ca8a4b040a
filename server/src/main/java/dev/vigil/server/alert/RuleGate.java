package dev.vigil.server.alert;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import dev.vigil.core.ProblemException;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.subscriptions.rule.RuleCompiler;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.PlanDefinition;

/** Refuses a rule that does not compile when it is written, not when a reading meets it. */
@Interceptor
final class RuleGate {

  private final RuleCompiler compiler;

  RuleGate(RuleCompiler compiler) {
    this.compiler = compiler;
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED)
  void creating(IBaseResource resource) {
    look(resource);
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED)
  void updating(IBaseResource old, IBaseResource resource) {
    look(resource);
  }

  private void look(IBaseResource resource) {
    if (resource instanceof PlanDefinition plan && RuleCompiler.isRule(plan)) {
      try {
        compiler.compile(plan);
      } catch (ProblemException refused) {
        throw Refusals.asHttp(refused.problems());
      }
    }
  }
}
