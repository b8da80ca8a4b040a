package dev.vigil.subscriptions.rule;

import dev.vigil.core.TenantId;
import java.util.List;
import org.hl7.fhir.r4.model.PlanDefinition;

/** Where the rules are kept. The FHIR store implements it. */
@FunctionalInterface
public interface RuleSource {

  /** Active PlanDefinitions that a tenant sees, shared ones included, in any order. */
  List<PlanDefinition> active(TenantId tenant);
}
