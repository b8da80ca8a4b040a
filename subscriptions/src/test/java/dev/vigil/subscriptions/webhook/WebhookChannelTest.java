package dev.vigil.subscriptions.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ca.uhn.fhir.context.FhirContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.delivery.DeliveryFailedException;
import dev.vigil.telemetry.delivery.Destination;
import dev.vigil.telemetry.delivery.ResourceReader;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookChannelTest {

  private static final TenantId TENANT = new TenantId("demo");

  private record Request(String method, String path, String type, String sequence, String body) {}

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger answer = new AtomicInteger(200);
  private HttpServer listener;

  @BeforeEach
  void listen() throws IOException {
    listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    listener.createContext("/", this::take);
    listener.start();
  }

  @AfterEach
  void stop() {
    listener.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            exchange.getRequestHeaders().getFirst("Content-Type"),
            exchange.getRequestHeaders().getFirst(WebhookChannel.SEQUENCE_HEADER),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    if (answer.get() == 302) {
      exchange.getResponseHeaders().add("Location", "/elsewhere");
    }
    exchange.sendResponseHeaders(answer.get(), -1);
    exchange.close();
  }

  @Test
  void aMatchingResourceIsPostedWithTheEventsSequence() throws DeliveryFailedException {
    assertThat(channel(true, true).deliver(destination("application/fhir+json"), event())).isTrue();

    assertThat(requests)
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.method()).isEqualTo("POST");
              assertThat(request.path()).isEqualTo("/hook");
              assertThat(request.type()).isEqualTo("application/fhir+json");
              assertThat(request.sequence()).isEqualTo("41");
              assertThat(request.body()).contains("\"resourceType\":\"DetectedIssue\"");
            });
  }

  @Test
  void withoutAPayloadTheBodyIsEmpty() throws DeliveryFailedException {
    assertThat(channel(true, true).deliver(destination(""), event())).isTrue();

    assertThat(requests).singleElement().extracting(Request::body).isEqualTo("");
  }

  @Test
  void whatDoesNotMatchIsNotSent() throws DeliveryFailedException {
    assertThat(channel(true, false).deliver(destination(""), event())).isFalse();
    assertThat(requests).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "500,false",
    "503,false",
    "408,false",
    "429,false",
    "302,false",
    "400,true",
    "410,true"
  })
  void whatIsNotConfirmedFailsAndOnlyARefusalForGood(int status, boolean permanent) {
    answer.set(status);

    assertThat(failure(channel(true, true), destination("")).permanent()).isEqualTo(permanent);
    assertThat(requests).hasSize(1);
  }

  @Test
  void aDeadListenerIsTriedAgain() {
    Destination destination = destination("");
    listener.stop(0);

    assertThat(failure(channel(true, true), destination).permanent()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/x",
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "http://10.0.0.1/x",
        "http://192.168.1.1/x",
        "http://169.254.169.254/x",
        "http://100.64.0.1/x",
        "http://[fd00::1]/x",
        "http://0.0.0.0/x",
        "http://[::ffff:127.0.0.1]/x",
        "http://user@203.0.113.1/x",
        "file:///etc/hosts"
      })
  void anAddressOfOurOwnNetworkIsRefusedForGood(String address) {
    Destination destination = new Destination(TENANT, "Subscription/1", address, Map.of());
    DeliveryFailedException failure = failure(channel(false, true), destination);

    assertThat(failure.permanent()).isTrue();
    assertThat(failure).hasMessageNotContaining(address);
  }

  private Destination destination(String payload) {
    return new Destination(
        TENANT,
        "Subscription/1",
        "http://127.0.0.1:" + listener.getAddress().getPort() + "/hook",
        Map.of(WebhookSubscriptions.PAYLOAD, payload, "header.0", "Authorization: Bearer x"));
  }

  private static LoggedEvent event() {
    return new LoggedEvent(
        TENANT,
        41,
        Instant.EPOCH,
        new Source("rules", "vigil"),
        new ResourcesWritten(
            List.of(
                new ResourceChange("DetectedIssue", "a", 1, ResourceChange.Action.CREATED),
                new ResourceChange("DetectedIssue", "gone", 2, ResourceChange.Action.DELETED)),
            List.of()));
  }

  private static DeliveryFailedException failure(WebhookChannel channel, Destination destination) {
    return catchThrowableOfType(
        () -> channel.deliver(destination, event()), DeliveryFailedException.class);
  }

  private static WebhookChannel channel(boolean privateAllowed, boolean matches) {
    ResourceReader reader =
        new ResourceReader() {
          @Override
          public <T extends Resource> Optional<T> read(TenantId tenant, Class<T> type, String id) {
            DetectedIssue issue = new DetectedIssue();
            issue.setId(id);
            return Optional.of(type.cast(issue));
          }
        };
    WebhookSubscriptions subscriptions =
        new WebhookSubscriptions() {
          @Override
          public List<Destination> active() {
            return List.of();
          }

          @Override
          public boolean matches(Destination destination, Resource resource) {
            return matches;
          }
        };
    return new WebhookChannel(subscriptions, reader, FhirContext.forR4Cached(), privateAllowed);
  }
}
