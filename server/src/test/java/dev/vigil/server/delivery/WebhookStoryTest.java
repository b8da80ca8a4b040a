package dev.vigil.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import com.sun.net.httpserver.HttpServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.Subscription;
import org.hl7.fhir.r4.model.Subscription.SubscriptionChannelType;
import org.hl7.fhir.r4.model.Subscription.SubscriptionStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alerts reach a real HTTP listener through a rest-hook Subscription. */
class WebhookStoryTest {

  private record Call(String key, String contentType, String body) {}

  private final Hospital hospital = new Hospital();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger attempts = new AtomicInteger();
  private HttpServer listener;
  private String subscription;

  @BeforeEach
  void listens() throws Exception {
    listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    listener.createContext(
        "/alerts",
        exchange -> {
          attempts.incrementAndGet();
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
          if (!fails) {
            calls.add(
                new Call(
                    exchange.getRequestHeaders().getFirst("X-Board-Key"),
                    exchange.getRequestHeaders().getFirst("Content-Type"),
                    body));
          }
          exchange.sendResponseHeaders(fails ? 503 : 200, -1);
          exchange.close();
        });
    listener.start();
  }

  @AfterEach
  void stops() {
    if (subscription != null) {
      hospital.send("DELETE", subscription, null);
    }
    listener.stop(0);
  }

  @ParameterizedTest
  @CsvSource({
    "DetectedIssue?alert-state=raised, 1",
    "DetectedIssue?, 2",
    "DetectedIssue?code=PM-02, 2",
    "DetectedIssue?severity=high, 2"
  })
  void anAlertArrivesWithHeadersAndPayload(String criteria, int steps) {
    subscribe(criteria);
    Bedside bed = hospital.admit();
    hospital.post("Observation", bed.impedance("150", Instant.now()));
    DetectedIssue alert = hospital.alerts(bed.patient(), 1).get(0);
    String id = alert.getIdElement().getIdPart();
    Hospital.eventually(() -> !of(id).isEmpty());

    assertThat(of(id)).hasSize(1);
    Call call = of(id).get(0);
    assertThat(call.key()).isEqualTo("a key of the board");
    assertThat(call.contentType()).isEqualTo("application/fhir+json");
    DetectedIssue sent = issue(call);
    assertThat(sent.getIdElement().getIdPart()).isEqualTo(id);
    assertThat(sent.getPatient().getReference()).isEqualTo(bed.patient());

    hospital.send(
        "POST", "DetectedIssue/" + id + "/$acknowledge", "{\"resourceType\":\"Parameters\"}");
    if (steps == 2) {
      Hospital.eventually(() -> of(id).size() == 2);
      assertThat(issue(of(id).get(1)).getMitigation()).hasSize(1);
    } else {
      // The next raised alert has come, so the acknowledgement was passed over.
      Bedside next = hospital.admit();
      hospital.post("Observation", next.impedance("150", Instant.now()));
      String later = hospital.alerts(next.patient(), 1).get(0).getIdElement().getIdPart();
      Hospital.eventually(() -> !of(later).isEmpty());
      assertThat(of(id)).hasSize(1);
    }
  }

  @Test
  void aListenerThatFailsTwiceGetsEveryAlertInOrderOnceItWorks() {
    subscribe("DetectedIssue?alert-state=raised");
    failures.set(2);
    Bedside first = hospital.admit();
    hospital.post("Observation", first.impedance("150", Instant.now()));
    String one = hospital.alerts(first.patient(), 1).get(0).getIdElement().getIdPart();
    Hospital.eventually(() -> attempts.get() > 0);
    Bedside second = hospital.admit();
    hospital.post("Observation", second.impedance("150", Instant.now()));
    String two = hospital.alerts(second.patient(), 1).get(0).getIdElement().getIdPart();

    Hospital.eventually(() -> !of(two).isEmpty());
    assertThat(attempts.get()).isGreaterThanOrEqualTo(4);
    assertThat(calls.stream().map(call -> issue(call).getIdElement().getIdPart()).distinct())
        .containsExactly(one, two);
    Hospital.eventually(
        () ->
            hospital.get(subscription).resource(Subscription.class).getStatus()
                == SubscriptionStatus.ACTIVE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "websocket; DetectedIssue?code=PM-02; http://localhost/x; Subscription.channel.type",
        "rest-hook; DetectedIssue; http://localhost/x; Subscription.criteria",
        "rest-hook; DetectedIssue?nosuch=1; http://localhost/x; Subscription.criteria",
        "rest-hook; DetectedIssue?patient.name=x; http://localhost/x; Subscription.criteria",
        "rest-hook; DetectedIssue?code=PM-02; ftp://localhost/x; Subscription.channel.endpoint"
      })
  void whatCannotBeServedIsRefusedWhenItIsAskedFor(
      String channel, String criteria, String endpoint, String expression) {
    Subscription wanted = subscription(criteria);
    wanted.getChannel().setType(SubscriptionChannelType.fromCode(channel)).setEndpoint(endpoint);

    Answer answer = hospital.post("Subscription", wanted);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.expressions()).containsExactly(expression);
  }

  private void subscribe(String criteria) {
    Answer created = hospital.post("Subscription", subscription(criteria));
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    Subscription stored = created.resource(Subscription.class);
    assertThat(stored.getStatus()).isEqualTo(SubscriptionStatus.ACTIVE);
    subscription = "Subscription/" + stored.getIdElement().getIdPart();
  }

  private Subscription subscription(String criteria) {
    Subscription wanted = new Subscription();
    wanted.setStatus(SubscriptionStatus.REQUESTED);
    wanted.setReason("alerts for the ward board");
    wanted.setCriteria(criteria);
    wanted
        .getChannel()
        .setType(SubscriptionChannelType.RESTHOOK)
        .setEndpoint("http://127.0.0.1:" + listener.getAddress().getPort() + "/alerts")
        .setPayload("application/fhir+json")
        .addHeader("X-Board-Key: a key of the board");
    return wanted;
  }

  private List<Call> of(String alert) {
    return calls.stream().filter(call -> call.body().contains(alert)).toList();
  }

  private static DetectedIssue issue(Call call) {
    return FhirContext.forR4Cached()
        .newJsonParser()
        .parseResource(DetectedIssue.class, call.body());
  }
}
