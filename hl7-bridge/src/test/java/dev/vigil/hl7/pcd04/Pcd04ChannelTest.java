package dev.vigil.hl7.pcd04;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ca.uhn.hl7v2.AcknowledgmentCode;
import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.app.HL7Service;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.model.v26.message.ORU_R01;
import ca.uhn.hl7v2.parser.DefaultModelClassFactory;
import ca.uhn.hl7v2.protocol.ReceivingApplication;
import ca.uhn.hl7v2.util.Terser;
import ca.uhn.hl7v2.util.idgenerator.InMemoryIDGenerator;
import dev.vigil.core.event.Actor;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.AlertResolved;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.hl7.TestAlerts;
import dev.vigil.hl7.mllp.MllpListener;
import dev.vigil.hl7.mllp.MllpListenerProperties;
import dev.vigil.telemetry.delivery.DeliveryFailedException;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.terminology.metric.MetricCatalog;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Pcd04ChannelTest {

  private static final Actor NURSE = new Actor("Practitioner/nurse", "Marker Nurse");

  private final Pcd04Channel channel =
      new Pcd04Channel(
          new Pcd04Properties(
              "0011223344556677",
              "VIGIL_WARD",
              Map.of(),
              Duration.ofSeconds(2),
              Duration.ofMillis(800)),
          MetricCatalog.standard(),
          () -> List.of(TestAlerts.destination(2575)),
          TestAlerts.resources());

  /** HAPI HL7v2's own server and strict parser on the other side. */
  @Nested
  class WithAnIndependentReceiver {

    private final DefaultHapiContext context = new DefaultHapiContext(new AlertStructure());
    private final List<Message> received = new CopyOnWriteArrayList<>();
    private volatile AcknowledgmentCode code = AcknowledgmentCode.AA;
    private HL7Service server;
    private int port;

    @BeforeEach
    void start() throws Exception {
      port = freePort();
      context.getParserConfiguration().setIdGenerator(new InMemoryIDGenerator());
      server = context.newServer(port, false);
      server.registerApplication(
          new ReceivingApplication<Message>() {
            @Override
            public Message processMessage(Message message, Map<String, Object> metadata)
                throws HL7Exception {
              received.add(message);
              try {
                return message.generateACK(code, null);
              } catch (IOException e) {
                throw new HL7Exception(e);
              }
            }

            @Override
            public boolean canProcess(Message message) {
              return true;
            }
          });
      server.startAndWait();
    }

    @AfterEach
    void stop() throws IOException {
      server.stopAndWait();
      context.close();
    }

    @Test
    void sendsARaisedAlertAsAStart() throws Exception {
      assertThat(deliver(TestAlerts.raised())).isTrue();

      Terser sent = new Terser(received.get(0));
      assertThat(sent.get("MSH-3-1")).isEqualTo("VIGIL");
      assertThat(sent.get("MSH-3-2")).isEqualTo("0011223344556677");
      assertThat(sent.get("MSH-5")).isEqualTo("EHR");
      assertThat(sent.get("MSH-6")).isEqualTo("HOSPITAL");
      assertThat(sent.get("MSH-7")).isEqualTo("20260301120000+0000");
      assertThat(sent.get("MSH-9-1") + sent.get("MSH-9-2") + sent.get("MSH-9-3"))
          .isEqualTo("ORUR40ORU_R40");
      assertThat(sent.get("MSH-10")).hasSizeLessThanOrEqualTo(20).endsWith("-16");
      assertThat(sent.get("MSH-12")).isEqualTo("2.6");
      assertThat(sent.get("MSH-15") + sent.get("MSH-16")).isEqualTo("ALNE");
      assertThat(sent.get("MSH-21-3")).isEqualTo("1.3.6.1.4.1.19376.1.6.1.4.1");
      assertThat(sent.get("/.PID-3-1")).isEqualTo("S-1001");
      assertThat(sent.get("/.PID-3-4-2") + " " + sent.get("/.PID-3-4-3")).isEqualTo("1.2.3 ISO");
      assertThat(sent.get("/.PID-3-5")).isEqualTo("MR");
      assertThat(sent.get("/.PID-5-1")).isEqualTo("Sample");
      assertThat(sent.get("/.PID-7")).isEqualTo("19500102");
      assertThat(sent.get("/.PID-8")).isEqualTo("F");
      assertThat(sent.get("/.OBR-3-1")).isEqualTo("3f2a9c1d-0000-4000-8000-00000000beef");
      assertThat(sent.get("/.OBR-4-1")).isEqualTo("196616");
      assertThat(sent.get("/.OBR-29-2-1")).isNull();

      assertThat(obx(sent, 1, 3)).isEqualTo("196670");
      assertThat(obx(sent, 1, 5)).isEqualTo("Severe desaturation");
      assertThat(obx(sent, 1, 14)).isEqualTo("20260301115930+0000");
      assertThat(obx(sent, 1, 18)).isEqualTo("FEEDFFFE00000001");
      assertThat(obx(sent, 2, 2)).isEqualTo("NM");
      assertThat(obx(sent, 2, 3)).isEqualTo("150456");
      assertThat(obx(sent, 2, 4)).isEqualTo("1.0.0.150456.2");
      assertThat(obx(sent, 2, 5)).isEqualTo("84.0");
      assertThat(obx(sent, 2, 6)).isEqualTo("%");
      assertThat(facets(sent)).containsExactly("start", "active", "enabled", "PH", "SP");
    }

    @Test
    void sendsTheFollowUpsWithTheInstanceAsTheirParent() throws Exception {
      Instant later = TestAlerts.NOW.plusSeconds(60);
      deliver(
          TestAlerts.logged(
              new AlertAcknowledged(TestAlerts.saturation(), NURSE, "seen", later), 43));
      deliver(
          TestAlerts.logged(
              new AlertCleared(TestAlerts.saturation(), TestAlerts.RAISED.plusSeconds(90), later),
              44));
      deliver(
          TestAlerts.logged(new AlertResolved(TestAlerts.saturation(), NURSE, "done", later), 45));

      assertThat(received).hasSize(3);
      assertThat(facets(new Terser(received.get(0))))
          .containsExactly("update", "active", "alert-acknowledged", "PH", "SP");
      assertThat(facets(new Terser(received.get(1))))
          .containsExactly("end", "inactive", "enabled", "PH", "SP");
      assertThat(obx(new Terser(received.get(1)), 1, 14)).isEqualTo("20260301120100+0000");
      assertThat(facets(new Terser(received.get(2))))
          .containsExactly("end", "inactive", "enabled", "PH", "SP");
      for (Message message : received) {
        Terser sent = new Terser(message);
        assertThat(sent.get("/.OBR-29-2-1")).isEqualTo("3f2a9c1d-0000-4000-8000-00000000beef");
        assertThat(sent.get("/.OBR-3-1")).isNotEqualTo(sent.get("/.OBR-29-2-1"));
        assertThat(message.encode()).doesNotContain("Marker Nurse");
      }
    }

    @Test
    void sendsATechnicalAlertOfACodeAsTheGeneralEvent() throws Exception {
      deliver(TestAlerts.logged(new AlertRaised(TestAlerts.battery(), TestAlerts.NOW), 7));
      Terser sent = new Terser(received.get(0));
      assertThat(obx(sent, 1, 3)).isEqualTo("196616");
      assertThat(sent.get("/.OBSERVATION(0)/OBX-5-1")).isEqualTo("PM-01");
      assertThat(sent.get("/.OBSERVATION(0)/OBX-5-9")).isEqualTo("Implant battery");
      assertThat(obx(sent, 2, 2)).isEqualTo("CWE");
      assertThat(obx(sent, 2, 5)).isEqualTo("754113");
      assertThat(facets(sent)).containsExactly("start", "active", "enabled", "PL", "ST");
    }

    @Test
    void repeatsTheSameTextForTheSameEvent() throws Exception {
      deliver(TestAlerts.raised());
      deliver(TestAlerts.raised());
      assertThat(received.get(1).encode()).isEqualTo(received.get(0).encode());
    }

    @Test
    void givesUpOnAnErrorAndTriesAgainOnAReject() {
      code = AcknowledgmentCode.AE;
      assertThat(failure(port).permanent()).isTrue();
      code = AcknowledgmentCode.AR;
      assertThat(failure(port).permanent()).isFalse();
    }

    private boolean deliver(LoggedEvent event) throws DeliveryFailedException {
      return channel.deliver(TestAlerts.destination(port), event);
    }
  }

  @Nested
  class WithADifficultReceiver {

    private final AtomicInteger calls = new AtomicInteger();
    private final List<String> controlIds = new CopyOnWriteArrayList<>();

    @Test
    void triesAgainWhenNoAnswerComesAndIsConfirmedLater() throws Exception {
      try (MllpListener listener =
          listener(id -> calls.incrementAndGet() == 1 ? Optional.empty() : ack(id, "AA", ""))) {
        assertThat(failure(listener.port()).permanent()).isFalse();
        assertThat(channel.deliver(TestAlerts.destination(listener.port()), TestAlerts.raised()))
            .isTrue();
      }
      assertThat(controlIds).hasSize(2);
      assertThat(controlIds.get(0)).isEqualTo(controlIds.get(1));
    }

    @Test
    void doesNotTakeTheAnswerToAnotherMessage() throws Exception {
      try (MllpListener listener = listener(id -> ack("ANOTHER", "AA", ""))) {
        assertThat(failure(listener.port())).hasMessageContaining("in time");
      }
    }

    @ParameterizedTest
    @CsvSource({
      "AE,102,true",
      "CR,200,true",
      "AR,201,true",
      "AR,207,false",
      "CE,207,false",
      "XX,'',false"
    })
    void judgesEachAnswer(String code, String error, boolean permanent) throws Exception {
      try (MllpListener listener = listener(id -> ack(id, code, error))) {
        assertThat(failure(listener.port()).permanent()).isEqualTo(permanent);
      }
    }

    @Test
    void takesACommitAcknowledgementAsConfirmed() throws Exception {
      try (MllpListener listener = listener(id -> ack(id, "CA", ""))) {
        assertThat(channel.deliver(TestAlerts.destination(listener.port()), TestAlerts.raised()))
            .isTrue();
      }
    }

    @Test
    void triesAgainWhenNobodyListens() throws Exception {
      DeliveryFailedException failure = failure(freePort());
      assertThat(failure.permanent()).isFalse();
      assertThat(failure).hasMessage("the HL7 receiver cannot be reached").hasNoCause();
    }

    private MllpListener listener(Function<String, Optional<byte[]>> answer) throws IOException {
      MllpListener listener =
          new MllpListener(
              MllpListenerProperties.onPort(0),
              frame -> {
                String id = new String(frame.content(), StandardCharsets.UTF_8).split("\\|", 11)[9];
                controlIds.add(id);
                return answer.apply(id);
              });
      listener.start();
      return listener;
    }

    private static Optional<byte[]> ack(String id, String code, String error) {
      String text = "MSH|^~\\&|EHR||VIGIL||20260301||ACK|1|P|2.6\rMSA|" + code + "|" + id + "\r";
      if (!error.isEmpty()) {
        text += "ERR|||" + error + "|E\r";
      }
      return Optional.of(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void passesOverWhatIsNoAlert() throws Exception {
    LoggedEvent written = TestAlerts.logged(new ResourcesWritten(List.of(), List.of()), 1);
    assertThat(channel.deliver(TestAlerts.destination(1), written)).isFalse();
  }

  @Test
  void isNamedAndAsksThePortForDestinations() {
    assertThat(channel.name()).isEqualTo("hl7-pcd04");
    assertThat(channel.destinations()).hasSize(1);
  }

  private DeliveryFailedException failure(int port) {
    return catchThrowableOfType(
        () -> channel.deliver(TestAlerts.destination(port), TestAlerts.raised()),
        DeliveryFailedException.class);
  }

  private static String obx(Terser sent, int facet, int field) throws HL7Exception {
    return sent.get("/.OBSERVATION(" + (facet - 1) + ")/OBX-" + field);
  }

  private static List<String> facets(Terser sent) throws HL7Exception {
    return List.of(
        obx(sent, 3, 5), obx(sent, 4, 5), obx(sent, 5, 5), obx(sent, 6, 5), obx(sent, 7, 5));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** HAPI HL7v2 has no class for ORU_R40; PCD-04 uses the segments of ORU_R01 in it. */
  private static final class AlertStructure extends DefaultModelClassFactory {

    private static final long serialVersionUID = 1L;

    @Override
    public Class<? extends Message> getMessageClass(String name, String version, boolean isExplicit)
        throws HL7Exception {
      return name.equals("ORU_R40")
          ? ORU_R01.class
          : super.getMessageClass(name, version, isExplicit);
    }
  }
}
