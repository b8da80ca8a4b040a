package dev.vigil.server.intake;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Problem;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.intake.ReadingCheck;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;

/**
 * Looks at each resource before HAPI stores it: what a reading says about itself, and the profiles
 * of ours that a resource claims. What needs resolved references is checked later, by the {@link
 * Recorder}.
 */
@Interceptor
final class ReadingGate {

  private final ReadingCheck check;
  private final ClaimedProfiles profiles;

  ReadingGate(ReadingCheck check, ClaimedProfiles profiles) {
    this.check = check;
    this.profiles = profiles;
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED)
  void creating(IBaseResource resource, RequestDetails request) {
    look((Resource) resource, request);
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED)
  void updating(IBaseResource old, IBaseResource resource, RequestDetails request) {
    look((Resource) resource, request);
  }

  private void look(Resource resource, RequestDetails request) {
    List<Problem> problems = new ArrayList<>();
    if (resource instanceof Observation observation) {
      problems.addAll(check.screen(observation));
      check.tagFuture(observation);
    }
    if (problems.isEmpty() && !RequestOrigin.ownWork(request)) {
      problems.addAll(profiles.problems(resource));
    }
    if (!problems.isEmpty()) {
      String prefix = Entries.prefix(request, resource);
      throw Refusals.asHttp(
          problems.stream()
              .map(
                  p ->
                      new Problem(
                          p.kind(), Entries.place(prefix, resource, p.expression()), p.message()))
              .toList());
    }
  }
}
