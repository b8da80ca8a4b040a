package dev.vigil.server.delivery;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.searchparam.matcher.SearchParamMatcher;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.subscriptions.webhook.WebhookSubscriptions;
import dev.vigil.telemetry.delivery.Destination;
import dev.vigil.telemetry.log.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Subscription;
import org.hl7.fhir.r4.model.Subscription.SubscriptionStatus;
import org.springframework.stereotype.Component;

/** R4 Subscriptions of channel rest-hook, matched in memory by HAPI. */
@Component
class RestHookSubscriptions implements WebhookSubscriptions {

  /**
   * The door by which delivery notes how a Subscription fares; {@link SubscriptionGate} lets it
   * pass.
   */
  static final Source DELIVERY = new Source("system", "delivery");

  private static final String CRITERIA = "criteria";

  private final DeclaredDestinations declared;
  private final DaoRegistry daos;
  private final SearchParamMatcher matcher;

  RestHookSubscriptions(
      DeclaredDestinations declared, DaoRegistry daos, SearchParamMatcher matcher) {
    this.declared = declared;
    this.daos = daos;
    this.matcher = matcher;
  }

  @Override
  public List<Destination> active() {
    return declared.of(
        Subscription.class, List.of("active", "error"), RestHookSubscriptions::destination);
  }

  private static Destination destination(TenantId tenant, Subscription subscription) {
    Map<String, String> settings = new HashMap<>();
    settings.put(CRITERIA, subscription.getCriteria());
    settings.put(
        PAYLOAD,
        subscription.getChannel().hasPayload() ? subscription.getChannel().getPayload() : "");
    List<StringType> headers = subscription.getChannel().getHeader();
    for (int i = 0; i < headers.size(); i++) {
      settings.put(HEADER_PREFIX + i, headers.get(i).getValue());
    }
    return new Destination(
        tenant,
        "Subscription/" + subscription.getIdElement().getIdPart(),
        subscription.getChannel().getEndpoint(),
        settings);
  }

  @Override
  public boolean matches(Destination destination, Resource resource) {
    String criteria = destination.settings().get(CRITERIA);
    return criteria.startsWith(resource.fhirType() + "?")
        && matcher
            .match(criteria, resource, RequestOrigin.system(destination.tenant(), DELIVERY))
            .matched();
  }

  @Override
  public void stateChanged(Destination destination, boolean failing, String reason) {
    var dao = daos.getResourceDao(Subscription.class);
    var request = RequestOrigin.system(destination.tenant(), DELIVERY);
    Subscription subscription = dao.read(new IdType(destination.id()), request);
    subscription.setStatus(failing ? SubscriptionStatus.ERROR : SubscriptionStatus.ACTIVE);
    subscription.setError(failing ? reason : null);
    dao.update(subscription, request);
  }
}
