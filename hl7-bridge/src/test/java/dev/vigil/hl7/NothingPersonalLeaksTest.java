package dev.vigil.hl7;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Quantity;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.er7.Hl7Refusal;
import dev.vigil.hl7.mllp.MllpClient;
import dev.vigil.hl7.mllp.MllpListener;
import dev.vigil.hl7.mllp.MllpListenerProperties;
import dev.vigil.hl7.pcd01.Pcd01Properties;
import dev.vigil.hl7.pcd01.Pcd01Receiver;
import dev.vigil.hl7.pcd01.Pcd01ToBundle;
import dev.vigil.hl7.pcd04.Pcd04Channel;
import dev.vigil.hl7.pcd04.Pcd04Properties;
import dev.vigil.telemetry.delivery.DeliveryFailedException;
import dev.vigil.terminology.metric.MetricCatalog;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Hazard: a name, number or measured value of a patient leaves by a log, an error or an answer. */
@Tag("safety")
class NothingPersonalLeaksTest {

  private static final String SURNAME = "Markersurname";
  private static final String RECORD = "MRK-778899";
  private static final String NUMBER = "83.4567";

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final List<String> seen = new ArrayList<>();
  private Level before;

  @BeforeEach
  void listen() {
    before = root.getLevel();
    root.setLevel(Level.ALL);
    root.iteratorForAppenders().forEachRemaining(appender -> appender.stop());
    logged.start();
    root.addAppender(logged);
  }

  @AfterEach
  void restore() {
    root.detachAppender(logged);
    root.iteratorForAppenders().forEachRemaining(appender -> appender.start());
    root.setLevel(before);
  }

  @Test
  void comingIn() throws Exception {
    String good =
        TestMessages.saturation()
            .replace("Sample", SURNAME)
            .replace("S-1001", RECORD)
            .replace("|97|", "|" + NUMBER + "|");
    Pcd01Properties properties = Pcd01Properties.of(new TenantId("demo"));
    RecordingIntake intake = new RecordingIntake();
    Pcd01Receiver receiver =
        new Pcd01Receiver(
            properties,
            new Pcd01ToBundle(properties, MetricCatalog.standard()),
            intake,
            Clock.systemUTC());
    try (MllpListener listener = new MllpListener(MllpListenerProperties.onPort(0), receiver)) {
      listener.start();
      send(listener, good);
      send(listener, good.replace("|" + NUMBER + "|", "|" + NUMBER + "x|"));
      send(listener, good.replace("ORU^R01^ORU_R01", "ADT^A01"));
      send(listener, good.replace("|NM|", "|NA|"));
      send(listener, good.replace("20260301115930+0000", SURNAME));
      send(listener, good.replace("UNICODE UTF-8", SURNAME));
      send(listener, good.replace("\rOBR|", "\r" + SURNAME + "|"));
      send(listener, SURNAME + " " + NUMBER);
      intake.failure =
          new ProblemException(Problem.invalid("Bundle.entry[3].resource.value", "implausible"));
      send(listener, good);
      intake.failure =
          new IllegalStateException(
              SURNAME + " " + NUMBER, new RuntimeException(RECORD + " " + NUMBER));
      send(listener, good);
      try (Socket cut = new Socket("127.0.0.1", listener.port())) {
        cut.getOutputStream().write(TestMessages.bytes("\u000B" + good));
      }
    }
    assertThat(intake.bundles).hasSize(1);
    assertThat(seen).hasSize(10);
    assertNothingLeaked();
  }

  @Test
  void inExceptions() {
    String bad = "MSH|^~\\&|A\r" + SURNAME + "|" + NUMBER;
    try {
      Er7Message.read(TestMessages.bytes(bad));
    } catch (Hl7Refusal refusal) {
      seen.add(refusal.toString());
      seen.add(refusal.errors().toString());
    }
    assertThat(seen).hasSize(2);
    assertNothingLeaked();
  }

  @Test
  void goingOut() throws Exception {
    var alert =
        TestAlerts.alert(
            "OXY-01", Tier.HIGH, "Severe desaturation", "spo2", Quantity.of(NUMBER, "%"));
    var event = TestAlerts.logged(new AlertRaised(alert, TestAlerts.NOW), 5);
    Pcd04Channel channel =
        new Pcd04Channel(
            new Pcd04Properties("", "", Map.of(), Duration.ofSeconds(1), Duration.ofMillis(300)),
            MetricCatalog.standard(),
            List::of,
            TestAlerts.resources());
    // An answer that quotes what it was sent.
    String echo = "MSH|^~\\&|X|||||ACK|1|P|2.6\rMSA|AE|%s|" + SURNAME + "\rERR|||" + SURNAME + "\r";
    try (MllpListener peer =
        new MllpListener(
            MllpListenerProperties.onPort(0),
            frame -> {
              String id = TestMessages.text(frame.content()).split("\\|", 11)[9];
              return Optional.of(TestMessages.bytes(echo.formatted(id)));
            })) {
      peer.start();
      failing(() -> channel.deliver(TestAlerts.destination(peer.port()), event));
      peer.close();
      failing(() -> channel.deliver(TestAlerts.destination(peer.port()), event));
    }
    assertThat(seen).hasSize(2);
    assertNothingLeaked();
  }

  private interface Delivery {
    void run() throws DeliveryFailedException;
  }

  private void failing(Delivery delivery) {
    try {
      delivery.run();
    } catch (DeliveryFailedException e) {
      seen.add(e + " " + e.getCause());
    }
  }

  private void send(MllpListener listener, String message) throws Exception {
    MllpClient client = new MllpClient(Duration.ofSeconds(5), Duration.ofSeconds(5));
    seen.add(
        TestMessages.text(
            client.exchange(
                "127.0.0.1", listener.port(), TestMessages.bytes(message), any -> true)));
  }

  private void assertNothingLeaked() {
    List<String> all = new ArrayList<>(seen);
    for (ILoggingEvent event : List.copyOf(logged.list)) {
      all.add(event.getFormattedMessage());
      for (var thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
        all.add(String.valueOf(thrown.getMessage()));
      }
    }
    assertThat(all)
        .allSatisfy(
            text -> assertThat(text).doesNotContain(SURNAME, RECORD, NUMBER, "Sample", "S-1001"));
  }
}
