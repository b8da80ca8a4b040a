package dev.vigil.server.hl7;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.hl7.mllp.MllpClient;
import dev.vigil.hl7.mllp.MllpListener;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.EventLog;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HL7 v2 messages over the real port, read back over FHIR. */
class Hl7InStoryTest {

  private final Hospital hospital = new Hospital();

  @ParameterizedTest
  @CsvSource({
    "pcd01-episodic-nibp.hl7, 12345, 2, 8480-6, 111, mm[Hg]",
    "pcd01-periodic-physio-monitor.hl7, HO2009001, 8, 59408-5, 99, %",
    "pcd01-phd-flat-bp-from-soap.hl7, 789567, 1, 8462-4, 80, mm[Hg]"
  })
  void thePublishedExamplesAreTakenOnce(
      String file, String patient, int observations, String code, String value, String unit)
      throws IOException {
    String message = example(file);

    String first = exchange(message);
    assertThat(segment(first, "MSA")).startsWith("MSA|AA|");
    String search = "Observation?subject:Patient.identifier=" + patient;
    assertThat(hospital.count(search)).isEqualTo(observations);
    List<Observation> found =
        hospital.get(search + "&combo-code=http://loinc.org%7C" + code).found(Observation.class);
    assertThat(found).hasSize(1);
    assertThat(values(found.get(0), code)).containsExactly(value + " " + unit);
    assertThat(found.get(0).getDevice().hasReference()).isTrue();

    assertThat(segment(exchange(message), "MSA")).startsWith("MSA|AA|");
    assertThat(hospital.count(search)).isEqualTo(observations);
  }

  @Test
  void aWrongUnitIsAnErrorAtItsObxAndNothingIsStored() throws IOException {
    String patient = UUID.randomUUID().toString();
    long head = hospital.server().bean(EventLog.class).head();
    String answer =
        exchange(
            message(
                patient,
                "OBX|2|NM|147842^MDC_ECG_CARD_BEAT_RATE^MDC|1.0.0.1|72|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F|||20260101120000+0000",
                "OBX|3|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.0.0.2|97|264338^MDC_DIM_MILLI_SEC^MDC|||||F|||20260101120000+0000"));

    assertThat(segment(answer, "MSA")).startsWith("MSA|AE|");
    assertThat(segment(answer, "ERR").split("\\|")[2]).isEqualTo("OBX^3^6");
    assertThat(hospital.server().bean(EventLog.class).head()).isEqualTo(head);
    assertThat(hospital.count("Patient?identifier=" + patient)).isZero();
  }

  @Test
  void anImplausibleValueIsAnErrorAtItsObx() throws IOException {
    String answer =
        exchange(
            message(
                UUID.randomUUID().toString(),
                "OBX|2|NM|147842^MDC_ECG_CARD_BEAT_RATE^MDC|1.0.0.1|72|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F|||20260101120000+0000",
                "OBX|3|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.0.0.2|970|262688^MDC_DIM_PERCENT^MDC|||||F|||20260101120000+0000"));

    assertThat(segment(answer, "MSA")).startsWith("MSA|AE|");
    assertThat(segment(answer, "ERR").split("\\|")[2]).isEqualTo("OBX^3^5");
    assertThat(answer).doesNotContain("970");
  }

  @Test
  void aDeviceOfAnotherPatientIsAnErrorAtItsPlace() throws IOException {
    String device = UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase();
    String good =
        "OBX|2|NM|147842^MDC_ECG_CARD_BEAT_RATE^MDC|1.0.0.1|72|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F|||20260101120000+0000";
    assertThat(segment(exchange(messageOf(device, "A" + device, good)), "MSA"))
        .startsWith("MSA|AA|");

    String answer = exchange(messageOf(device, "B" + device, good.replace("120000", "120100")));
    assertThat(segment(answer, "MSA")).startsWith("MSA|AE|");
    assertThat(segment(answer, "ERR").split("\\|")[2]).startsWith("OBX^2");
    assertThat(hospital.count("Patient?identifier=B" + device)).isZero();
  }

  @Test
  @Tag("safety")
  void theSameMeasurementForSomebodyElseIsNoRepeat() throws IOException {
    String device = UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase();
    String row =
        "OBX|2|NM|147842^MDC_ECG_CARD_BEAT_RATE^MDC|1.0.0.1|72|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F|||20260101120000+0000";
    assertThat(segment(exchange(messageOf(device, "A" + device, row)), "MSA"))
        .startsWith("MSA|AA|");

    assertThat(segment(exchange(messageOf(device, "B" + device, row)), "MSA"))
        .as("refused, not dropped in silence")
        .startsWith("MSA|AE|");
    assertThat(hospital.count("Patient?identifier=B" + device)).isZero();
  }

  @Test
  void whatIsNoObservationIsAnError() throws IOException {
    String answer =
        exchange("MSH|^~\\&|A|B|||20260101||ADT^A01^ADT_A01|" + UUID.randomUUID() + "|P|2.6\r");
    assertThat(segment(answer, "MSA")).matches("MSA\\|A[ER]\\|.*");
    assertThat(segment(answer, "ERR")).contains("MSH^1^9");
  }

  @Test
  void aBrokenFrameHurtsNobody() throws IOException {
    try (Socket socket = new Socket("localhost", port())) {
      socket.getOutputStream().write("no frame at all\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(0x0b);
      socket.getOutputStream().write("MSH|^~\\&|half".getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    }
    String patient = UUID.randomUUID().toString();
    String answer =
        exchange(
            message(
                patient,
                "OBX|2|NM|147842^MDC_ECG_CARD_BEAT_RATE^MDC|1.0.0.1|72|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||F|||20260101120000+0000"));
    assertThat(segment(answer, "MSA")).startsWith("MSA|AA|");
    assertThat(hospital.count("Observation?subject:Patient.identifier=" + patient)).isEqualTo(1);
  }

  private String exchange(String message) throws IOException {
    byte[] answer =
        new MllpClient(Duration.ofSeconds(5), Duration.ofSeconds(30))
            .exchange("localhost", port(), message.getBytes(StandardCharsets.UTF_8), text -> true);
    return new String(answer, StandardCharsets.UTF_8);
  }

  private int port() {
    return hospital.server().bean(MllpListener.class).port();
  }

  private static String message(String patient, String... observations) {
    return messageOf(
        UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase(),
        patient,
        observations);
  }

  private static String messageOf(String device, String patient, String... observations) {
    return String.join(
            "\r",
            "MSH|^~\\&|GATEWAY^ACDE48234567ABCD^EUI-64|WARD|||20260101120000+0000||ORU^R01^ORU_R01|"
                + UUID.randomUUID().toString().substring(0, 18)
                + "|P|2.6|||AL|NE",
            "PID|||" + patient + "^^^WARD^PI||Ward^Synthetic^^^^^L",
            "OBR|1|O1^GATEWAY^ACDE48234567ABCD^EUI-64|O1^GATEWAY^ACDE48234567ABCD^EUI-64|182777000^monitoring of patient^SCT|||20260101120000+0000",
            "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||||||"
                + device
                + "^^"
                + device
                + "^EUI-64",
            String.join("\r", observations))
        + "\r";
  }

  private static List<String> values(Observation observation, String code) {
    return Stream.concat(
            observation.hasValueQuantity()
                ? Stream.of(observation.getValueQuantity())
                : Stream.empty(),
            observation.getComponent().stream()
                .filter(
                    part ->
                        part.getCode().getCoding().stream()
                            .anyMatch(coding -> coding.getCode().equals(code)))
                .map(Observation.ObservationComponentComponent::getValueQuantity))
        .map(quantity -> quantity.getValue().toPlainString() + " " + quantity.getCode())
        .toList();
  }

  private static String segment(String message, String name) {
    return Stream.of(message.split("\r"))
        .filter(line -> line.startsWith(name + "|"))
        .findFirst()
        .orElse("");
  }

  private static String example(String file) throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("shared/data/hl7v2"))) {
      folder = folder.getParent();
    }
    Assumptions.assumeTrue(folder != null, "the published messages are not here");
    return Files.readString(folder.resolve("shared/data/hl7v2/ihe-dev-tf-vol2").resolve(file))
        .replace("\n", "\r")
        // A device of the same number is in the examples of the personal-device guide.
        .replace("0123456789ABCDEF", "0123456789ABCD07");
  }
}
