package dev.vigil.hl7.pcd01;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.hl7.RecordingIntake;
import dev.vigil.hl7.SharedData;
import dev.vigil.hl7.TestMessages;
import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.mllp.Frame;
import dev.vigil.hl7.mllp.MllpClient;
import dev.vigil.hl7.mllp.MllpListener;
import dev.vigil.hl7.mllp.MllpListenerProperties;
import dev.vigil.telemetry.log.Source;
import dev.vigil.terminology.metric.MetricCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Pcd01ReceiverTest {

  private static final String GOOD = TestMessages.saturation();

  private final RecordingIntake intake = new RecordingIntake();
  private final Pcd01Properties properties = Pcd01Properties.of(new TenantId("demo"));
  private final Pcd01Receiver receiver =
      new Pcd01Receiver(
          properties,
          new Pcd01ToBundle(properties, MetricCatalog.standard()),
          intake,
          Clock.fixed(Instant.parse("2026-03-01T12:00:01Z"), ZoneOffset.UTC));

  @Test
  void confirmsWhatTheIntakeTook() {
    Er7Message ack = send(GOOD);
    assertThat(field(ack, "MSA", 1)).isEqualTo("AA");
    assertThat(field(ack, "MSA", 2)).isEqualTo("M1");
    assertThat(field(ack, "ERR", 3)).isEmpty();
    assertThat(ack.header().field(5)).isEqualTo("GATEWAY");
    assertThat(ack.header().component(9, 1)).isEqualTo("ACK");
    assertThat(ack.header().component(9, 2)).isEqualTo("R01");
    assertThat(ack.header().field(7)).isEqualTo("20260301120001+0000");
    assertThat(intake.bundles).hasSize(1);
    assertThat(intake.source).isEqualTo(new Source("mllp", "GATEWAY"));
  }

  @Test
  void saysWhereTheIntakeFoundFault() {
    intake.failure =
        new ProblemException(
            List.of(
                Problem.codeInvalid("Bundle.entry[3].resource.value", "not a unit of this metric"),
                Problem.invalid("", "something else")));
    Er7Message ack = send(GOOD);
    assertThat(field(ack, "MSA", 1)).isEqualTo("AE");
    List<String> errors =
        ack.segments().stream()
            .filter(s -> s.name().equals("ERR"))
            .map(
                s ->
                    String.join("^", s.component(2, 1), s.component(2, 2), s.component(2, 3))
                        + " "
                        + s.field(3)
                        + " "
                        + s.field(4)
                        + " "
                        + s.field(8))
            .toList();
    assertThat(errors)
        .containsExactly("OBX^2^6 103 E not a unit of this metric", "^^ 102 E something else");
  }

  @ParameterizedTest
  @CsvSource({
    "ORU^R01^ORU_R01,ADT^A01^ADT_A01,AR,200",
    "ORU^R01^ORU_R01,ORU^R40^ORU_R40,AR,201",
    "ORU^R01^ORU_R01,'',AE,101",
    "|M1|,||,AE,101",
    "|M1|P|,|M1|Z|,AR,202",
    "S-1001^^^WARD^MR,'',AE,101",
    "|97|,|ninety|,AE,102",
    "UNICODE UTF-8,KLINGON,AE,103"
  })
  void refusesWhatIsWrong(String good, String bad, String answer, String error) {
    Er7Message ack = send(GOOD.replace(good, bad));
    assertThat(field(ack, "MSA", 1)).isEqualTo(answer);
    assertThat(field(ack, "ERR", 3)).isEqualTo(error);
    assertThat(intake.bundles).isEmpty();
  }

  @Test
  void takesOtherVersions() {
    assertThat(field(send(GOOD.replace("|P|2.6|", "|P|2.3|")), "MSA", 1)).isEqualTo("AA");
  }

  @Test
  void answersTextsWithoutAHeader() {
    Er7Message ack = send("complete rubbish");
    assertThat(field(ack, "MSA", 1)).isEqualTo("AE");
    assertThat(field(ack, "ERR", 3)).isEqualTo("100");
  }

  @Test
  void refusesAnOversizeMessage() {
    byte[] answer = receiver.handle(new Frame(TestMessages.bytes(GOOD), false)).orElseThrow();
    assertThat(field(Er7Message.read(answer), "MSA", 1)).isEqualTo("AE");
    assertThat(intake.bundles).isEmpty();
  }

  @Test
  void asksToTryAgainWhenTheIntakeIsAwayOrFails() {
    intake.failure =
        new ProblemException(new Problem(Problem.Kind.UNAVAILABLE, "", "the store is away"));
    assertThat(field(send(GOOD), "MSA", 1)).isEqualTo("AR");
    intake.failure = new IllegalStateException("the value 97 of Sample broke something");
    Er7Message ack = send(GOOD);
    assertThat(field(ack, "MSA", 1)).isEqualTo("AR");
    assertThat(field(ack, "ERR", 3)).isEqualTo("207");
    assertThat(field(ack, "ERR", 8)).doesNotContain("97 of").doesNotContain("Sample");
  }

  @ParameterizedTest
  @CsvSource({
    "'',''  ,true,true",
    "AL,NE,true,true",
    "NE,AL,true,true",
    "NE,NE,false,false",
    "ER,NE,false,true",
    "NE,SU,true,false",
    "SU,ER,true,true",
    "'',ER,false,true"
  })
  void answersWhenTheSenderAsks(
      String accept, String application, boolean whenGood, boolean whenBad) {
    String message = GOOD.replace("||AL|NE|", "||" + accept + "|" + application.strip() + "|");
    assertThat(receiver.handle(frame(message)).isPresent()).isEqualTo(whenGood);
    assertThat(receiver.handle(frame(message.replace("|97|", "|x|"))).isPresent())
        .isEqualTo(whenBad);
  }

  @Test
  void takesThePublishedExamplesOverTheWire() throws Exception {
    try (MllpListener listener = new MllpListener(MllpListenerProperties.onPort(0), receiver)) {
      listener.start();
      MllpClient client = new MllpClient(Duration.ofSeconds(5), Duration.ofSeconds(5));
      for (String file :
          List.of("episodic-nibp", "periodic-physio-monitor", "phd-flat-bp-from-soap")) {
        byte[] message = SharedData.bytes("hl7v2/ihe-dev-tf-vol2/pcd01-" + file + ".hl7");
        byte[] answer = client.exchange("127.0.0.1", listener.port(), message, any -> true);
        assertThat(field(Er7Message.read(answer), "MSA", 1)).isEqualTo("AA");
      }
      byte[] alarm = SharedData.bytes("hl7v2/ihe-dev-tf-vol2/pcd04-low-spo2-start.hl7");
      byte[] answer = client.exchange("127.0.0.1", listener.port(), alarm, any -> true);
      assertThat(field(Er7Message.read(answer), "MSA", 1)).isEqualTo("AR");
    }
    assertThat(intake.bundles).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"ihe-dev-tf-vol2,AR AA", "microsoft-fhir-converter,AR AE", "openpace-pacemaker,AE"})
  void givesEveryPublishedMessageAClearAnswer(String folder, String allowed) throws Exception {
    Set<String> answers = new TreeSet<>();
    for (Path file : SharedData.files("hl7v2/" + folder, ".hl7")) {
      // One of them asks for no answer.
      receiver
          .handle(new Frame(Files.readAllBytes(file), true))
          .map(Er7Message::read)
          .ifPresent(
              ack -> {
                assertThat(field(ack, "ERR", 3)).as(file.toString()).isNotEqualTo("207");
                answers.add(field(ack, "MSA", 1));
              });
    }
    assertThat(answers).containsExactlyInAnyOrder(allowed.split(" "));
  }

  private Er7Message send(String message) {
    return Er7Message.read(receiver.handle(frame(message)).orElseThrow());
  }

  private static Frame frame(String message) {
    return new Frame(TestMessages.bytes(message), true);
  }

  private static String field(Er7Message message, String segment, int field) {
    return message.segments().stream()
        .filter(s -> s.name().equals(segment))
        .map(s -> s.field(field))
        .findFirst()
        .orElse("");
  }
}
