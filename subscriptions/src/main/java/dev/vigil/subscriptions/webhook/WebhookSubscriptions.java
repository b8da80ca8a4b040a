package dev.vigil.subscriptions.webhook;

import dev.vigil.telemetry.delivery.Destination;
import java.util.List;
import org.hl7.fhir.r4.model.Resource;

/** The rest-hook Subscriptions there are. The FHIR store implements it. */
public interface WebhookSubscriptions {

  /** Setting: media type of the body; absent or empty for requests without one. */
  String PAYLOAD = "payload";

  /** Settings that begin so are headers: {@code header.0} holds {@code Name: value}. */
  String HEADER_PREFIX = "header.";

  /**
   * Active ones of all tenants. The address is {@code Subscription.channel.endpoint}; the settings
   * are named above.
   */
  List<Destination> active();

  /** Whether the resource meets the Subscription's criteria. */
  boolean matches(Destination destination, Resource resource);

  /** Told when a Subscription begins to fail and when it works again: for its status. */
  default void stateChanged(Destination destination, boolean failing, String reason) {}
}
