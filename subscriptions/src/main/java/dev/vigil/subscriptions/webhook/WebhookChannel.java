package dev.vigil.subscriptions.webhook;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.delivery.Channel;
import dev.vigil.telemetry.delivery.DeliveryFailedException;
import dev.vigil.telemetry.delivery.Destination;
import dev.vigil.telemetry.delivery.RemoteAddress;
import dev.vigil.telemetry.delivery.ResourceReader;
import dev.vigil.telemetry.log.LoggedEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.hl7.fhir.r4.model.Resource;

/**
 * Sends what a rest-hook Subscription asks for. As R4 says (Subscription, section 2.46.4.3): POST
 * to the endpoint, with the resource if a payload is named, else without a body. One request for
 * each changed resource that matches; a deleted one is not sent. 2xx confirms.
 */
public final class WebhookChannel implements Channel {

  /** Header with the event's sequence: the same on every repeat, for the receiver to tell. */
  public static final String SEQUENCE_HEADER = "X-Vigil-Event";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  private final WebhookSubscriptions subscriptions;
  private final ResourceReader resources;
  private final FhirContext fhir;
  private final RemoteAddress target;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  /**
   * Wires the parts.
   *
   * @param privateAddressesAllowed whether endpoints in private networks and on this machine may be
   *     called: for the demo and for closed hospital networks
   */
  public WebhookChannel(
      WebhookSubscriptions subscriptions,
      ResourceReader resources,
      FhirContext fhir,
      boolean privateAddressesAllowed) {
    this.subscriptions = subscriptions;
    this.resources = resources;
    this.fhir = fhir;
    this.target = new RemoteAddress(privateAddressesAllowed);
  }

  @Override
  public String name() {
    return "webhook";
  }

  @Override
  public List<Destination> destinations() {
    return subscriptions.active();
  }

  @Override
  public void stateChanged(Destination destination, boolean failing, String reason) {
    subscriptions.stateChanged(destination, failing, reason);
  }

  @Override
  public boolean deliver(Destination destination, LoggedEvent event)
      throws DeliveryFailedException {
    if (!(event.event() instanceof ResourcesWritten written)) {
      return false;
    }
    Set<Resource> wanted = wanted(destination, event, written);
    for (Resource resource : wanted) {
      post(destination, event.sequence(), resource);
    }
    return !wanted.isEmpty();
  }

  private Set<Resource> wanted(
      Destination destination, LoggedEvent event, ResourcesWritten written) {
    Set<Resource> wanted = new LinkedHashSet<>();
    Set<String> seen = new LinkedHashSet<>();
    for (ResourceChange change : written.changes()) {
      if (change.action() == ResourceChange.Action.DELETED
          || !seen.add(change.type() + "/" + change.id())) {
        continue;
      }
      Class<? extends Resource> type =
          fhir.getResourceDefinition(change.type())
              .getImplementingClass()
              .asSubclass(Resource.class);
      Optional<? extends Resource> resource = resources.read(event.tenant(), type, change.id());
      resource.filter(found -> subscriptions.matches(destination, found)).ifPresent(wanted::add);
    }
    return wanted;
  }

  private void post(Destination destination, long sequence, Resource resource)
      throws DeliveryFailedException {
    URI endpoint = target.check(destination.address());
    String payload = destination.settings().getOrDefault(WebhookSubscriptions.PAYLOAD, "");
    HttpRequest request;
    try {
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(endpoint)
              .timeout(ANSWER_TIMEOUT)
              .header(SEQUENCE_HEADER, Long.toString(sequence));
      if (payload.isEmpty()) {
        builder.POST(BodyPublishers.noBody());
      } else {
        builder.header("Content-Type", payload);
        builder.POST(BodyPublishers.ofString(encode(payload, resource)));
      }
      headers(destination.settings(), builder);
      request = builder.build();
    } catch (IllegalArgumentException e) {
      throw new DeliveryFailedException("a header of the subscription is not allowed", true);
    }
    confirm(send(request));
  }

  private String encode(String payload, Resource resource) {
    return payload.contains("xml")
        ? fhir.newXmlParser().encodeResourceToString(resource)
        : fhir.newJsonParser().encodeResourceToString(resource);
  }

  private static void headers(Map<String, String> settings, HttpRequest.Builder builder) {
    new TreeMap<>(settings)
        .forEach(
            (name, header) -> {
              int colon = header.indexOf(':');
              if (name.startsWith(WebhookSubscriptions.HEADER_PREFIX) && colon > 0) {
                builder.header(
                    header.substring(0, colon).strip(), header.substring(colon + 1).strip());
              }
            });
  }

  private int send(HttpRequest request) throws DeliveryFailedException {
    try {
      HttpResponse<Void> response = http.send(request, BodyHandlers.discarding());
      return response.statusCode();
    } catch (IOException e) {
      // Without the cause: it may quote the address.
      throw new DeliveryFailedException(
          "the endpoint did not answer: " + e.getClass().getSimpleName(), false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeliveryFailedException("interrupted while waiting for the endpoint", false);
    }
  }

  /** 408 and 429 ask to try again, every other 4xx says that it would not help. */
  private static void confirm(int status) throws DeliveryFailedException {
    if (status / 100 == 2) {
      return;
    }
    boolean permanent = status / 100 == 4 && status != 408 && status != 429;
    throw new DeliveryFailedException("the endpoint answered " + status, permanent);
  }
}
