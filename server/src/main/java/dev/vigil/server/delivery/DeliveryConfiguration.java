package dev.vigil.server.delivery;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.jpa.searchparam.matcher.InMemoryResourceMatcher;
import dev.vigil.subscriptions.webhook.WebhookChannel;
import dev.vigil.subscriptions.webhook.WebhookSubscriptions;
import dev.vigil.telemetry.delivery.ResourceReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The channels, and the gate for what declares their destinations. */
@Configuration(proxyBeanMethods = false)
class DeliveryConfiguration {

  @Bean
  SubscriptionGate subscriptionGate(IInterceptorService hooks, InMemoryResourceMatcher matcher) {
    SubscriptionGate gate = new SubscriptionGate(matcher);
    hooks.registerInterceptor(gate);
    return gate;
  }

  @Bean
  WebhookChannel webhookChannel(
      WebhookSubscriptions subscriptions,
      ResourceReader resources,
      FhirContext context,
      DeliveryProperties properties) {
    return new WebhookChannel(subscriptions, resources, context, properties.privateAddresses());
  }
}
