package dev.vigil.server.hl7;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.hl7v2.AcknowledgmentCode;
import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.app.HL7Service;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.protocol.ReceivingApplication;
import ca.uhn.hl7v2.util.Terser;
import ca.uhn.hl7v2.util.idgenerator.InMemoryIDGenerator;
import ca.uhn.hl7v2.validation.impl.ValidationContextFactory;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Endpoint;
import org.hl7.fhir.r4.model.Endpoint.EndpointStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Alerts reach an HL7 v2 receiver that others wrote. */
class Hl7OutStoryTest {

  private final Hospital hospital = new Hospital();
  private String endpoint;

  @AfterEach
  void withdraws() {
    if (endpoint != null) {
      assertThat(hospital.send("DELETE", endpoint, null).status()).isEqualTo(200);
    }
  }

  @Test
  void anAlertIsSentAgainUntilItIsAcknowledged() throws Exception {
    int port;
    AtomicInteger withoutAnswer = new AtomicInteger();
    Bedside bed = hospital.admit();
    try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = deaf.getLocalPort();
      Thread takes =
          new Thread(
              () -> {
                while (!deaf.isClosed()) {
                  try (Socket socket = deaf.accept()) {
                    socket.getInputStream().read(new byte[20_000]);
                    withoutAnswer.incrementAndGet();
                  } catch (IOException e) {
                    return;
                  }
                }
              });
      takes.start();
      declare(port);
      hospital.post("Observation", bed.impedance("150", Instant.now()));
      Hospital.eventually(() -> withoutAnswer.get() > 0);
    }
    List<String> received = new CopyOnWriteArrayList<>();
    try (HapiContext context = new DefaultHapiContext()) {
      context.setValidationContext(ValidationContextFactory.noValidation());
      // The default keeps its numbers in a file of the working directory.
      context.getParserConfiguration().setIdGenerator(new InMemoryIDGenerator());
      HL7Service receiver = context.newServer(port, false);
      receiver.registerApplication(
          new ReceivingApplication<Message>() {
            @Override
            public Message processMessage(Message message, Map<String, Object> metadata) {
              try {
                received.add(message.encode());
                return message.generateACK(AcknowledgmentCode.AA, null);
              } catch (HL7Exception | IOException e) {
                throw new IllegalStateException(e);
              }
            }

            @Override
            public boolean canProcess(Message message) {
              return true;
            }
          });
      receiver.startAndWait();
      String id = hospital.alerts(bed.patient(), 1).get(0).getIdElement().getIdPart();
      Hospital.eventually(() -> !received.isEmpty());
      Message raised = context.getGenericParser().parse(received.get(0));
      assertThat(new Terser(raised).get("/MSH-9-1")).isEqualTo("ORU");
      assertThat(new Terser(raised).get("/MSH-9-2")).isEqualTo("R40");
      assertThat(received.get(0)).contains(id);

      hospital.send(
          "POST", "DetectedIssue/" + id + "/$acknowledge", "{\"resourceType\":\"Parameters\"}");
      Hospital.eventually(() -> received.size() >= 2);
      assertThat(received).hasSize(2);
      assertThat(received.get(1)).contains(id);
      receiver.stopAndWait();
    }
  }

  @Test
  void anEndpointThatCannotBeCalledIsRefused() {
    Endpoint wrong = endpoint("http://localhost:1");
    Answer answer = hospital.post("Endpoint", wrong);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.expressions()).containsExactly("Endpoint.address");
  }

  private void declare(int port) {
    Answer created = hospital.post("Endpoint", endpoint("mllp://127.0.0.1:" + port));
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    endpoint = "Endpoint/" + created.resource(Endpoint.class).getIdElement().getIdPart();
  }

  private static Endpoint endpoint(String address) {
    Endpoint endpoint = new Endpoint();
    endpoint.setStatus(EndpointStatus.ACTIVE);
    endpoint.setConnectionType(
        new Coding(
            "http://terminology.hl7.org/CodeSystem/endpoint-connection-type", "hl7v2-mllp", null));
    endpoint.addPayloadType().setText("IHE PCD-04");
    endpoint.setAddress(address);
    return endpoint;
  }
}
