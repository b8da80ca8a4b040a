package dev.vigil.server.delivery;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.searchparam.matcher.InMemoryMatchResult;
import ca.uhn.fhir.jpa.searchparam.matcher.InMemoryResourceMatcher;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import dev.vigil.core.Problem;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Endpoint;
import org.hl7.fhir.r4.model.Subscription;
import org.hl7.fhir.r4.model.Subscription.SubscriptionChannelType;
import org.hl7.fhir.r4.model.Subscription.SubscriptionStatus;

/**
 * Refuses a Subscription or Endpoint that Vigil could not serve, when it is written rather than
 * when an alert fails to leave. A requested Subscription that it can serve becomes active.
 */
@Interceptor
final class SubscriptionGate {

  private static final Set<String> PAYLOADS =
      Set.of("", "application/fhir+json", "application/fhir+xml");

  private final InMemoryResourceMatcher matcher;

  SubscriptionGate(InMemoryResourceMatcher matcher) {
    this.matcher = matcher;
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED)
  void creating(IBaseResource resource, RequestDetails request) {
    look(resource, request);
  }

  @Hook(Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED)
  void updating(IBaseResource old, IBaseResource resource, RequestDetails request) {
    look(resource, request);
  }

  private void look(IBaseResource resource, RequestDetails request) {
    if (RequestOrigin.source(request).equals(RestHookSubscriptions.DELIVERY)) {
      return;
    }
    List<Problem> problems = List.of();
    if (resource instanceof Subscription subscription) {
      problems = problems(subscription);
      if (problems.isEmpty() && subscription.getStatus() != SubscriptionStatus.OFF) {
        subscription.setStatus(SubscriptionStatus.ACTIVE);
        subscription.setError(null);
      }
    } else if (resource instanceof Endpoint endpoint) {
      problems = problems(endpoint);
    }
    if (!problems.isEmpty()) {
      throw Refusals.asHttp(problems);
    }
  }

  private List<Problem> problems(Subscription subscription) {
    List<Problem> problems = new ArrayList<>();
    if (subscription.getChannel().getType() != SubscriptionChannelType.RESTHOOK) {
      problems.add(
          Problem.invalid("Subscription.channel.type", "only the channel rest-hook is served"));
    }
    if (scheme(subscription.getChannel().getEndpoint())
        .filter(Set.of("http", "https")::contains)
        .isEmpty()) {
      problems.add(
          Problem.invalid("Subscription.channel.endpoint", "must be an http or https address"));
    }
    String payload = subscription.getChannel().getPayload();
    if (payload != null && !PAYLOADS.contains(payload)) {
      problems.add(
          Problem.invalid(
              "Subscription.channel.payload",
              "must be application/fhir+json, application/fhir+xml or absent"));
    }
    criteria(subscription.getCriteria()).ifPresent(problems::add);
    return problems;
  }

  private Optional<Problem> criteria(String criteria) {
    if (criteria == null || !criteria.matches("[A-Z][A-Za-z]+\\?.*")) {
      return Optional.of(
          Problem.invalid("Subscription.criteria", "must be a resource type, ? and a search"));
    }
    try {
      InMemoryMatchResult result = matcher.canBeEvaluatedInMemory(criteria);
      return result.supported()
          ? Optional.empty()
          : Optional.of(
              Problem.invalid(
                  "Subscription.criteria", "this search cannot be matched as resources arrive"));
    } catch (InvalidRequestException e) {
      return Optional.of(Problem.invalid("Subscription.criteria", "is not a valid search"));
    }
  }

  private static List<Problem> problems(Endpoint endpoint) {
    if (!MllpEndpoints.CONNECTION_TYPE.equals(endpoint.getConnectionType().getCode())) {
      return List.of();
    }
    boolean address =
        scheme(endpoint.getAddress()).filter("mllp"::equals).isPresent()
            && URI.create(endpoint.getAddress()).getPort() > 0;
    return address
        ? List.of()
        : List.of(Problem.invalid("Endpoint.address", "must be mllp://host:port"));
  }

  private static Optional<String> scheme(String address) {
    if (address == null) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(URI.create(address).getScheme());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
