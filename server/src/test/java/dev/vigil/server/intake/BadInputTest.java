package dev.vigil.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.EventLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Patient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each gets a clear error, stores nothing, and the server goes on. */
class BadInputTest {

  private static final Instant NOW = Instant.now();

  private final Hospital hospital = new Hospital();
  private Bedside bed;
  private long head;

  @BeforeEach
  void remembersTheLog() {
    bed = hospital.admit();
    head = hospital.server().bean(EventLog.class).head();
  }

  @AfterEach
  void nothingWasStoredAndTheServerGoesOn() {
    assertThat(hospital.server().bean(EventLog.class).head()).isEqualTo(head);
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isZero();
    assertThat(hospital.post("Observation", bed.heartRate("72", NOW)).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Observation | {"resourceType":"Observation","status":
          Observation | not json at all
          Observation | []
          ''          | {"resourceType":"Bundle","type":"transaction","entry":[{]}
          Observation | {"resourceType":"Observation","status":"final","colour":"red","code":{"text":"x"}}
          Observation | {"resourceType":"Observation","status":"finalish","code":{"text":"x"}}
          Observation | {"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1e999999999}}
          Observation | {"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":-1.5E-99999}}
          ''          | {"resourceType":"Bundle","type":"batch","total":1e99999999,"entry":[]}
          """)
  void whatCannotBeReadIs400(String path, String body) {
    Answer answer = hospital.send("POST", path, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.resource(OperationOutcome.class).getIssue()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "status":"finalish"                          | Observation.status
          "status":""                                  | Observation.status
          "colour":"secret"                            | Observation.colour
          "John Secret":"1"                            | Observation
          "valueQuantity":"secret"                     | Observation.value.ofType(Quantity)
          "valueQuantity":{"value":"secret"}           | Observation.value.ofType(Quantity).value
          "valueQuantity":{"secret":"secret"}          | Observation.value.ofType(Quantity).secret
          "category":[{},{"coding":[{"x":"secret"}]}]  | Observation.category[1].coding[0].x
          "category":{"text":"secret"}                 | Observation.category
          "effectiveDateTime":"secret"                 | Observation.effective.ofType(dateTime)
          "_effectiveDateTime":"secret"                | Observation.effective.ofType(dateTime)
          "component":[{"valueInteger":"secret"}]      | Observation.component[0].value.ofType(integer)
          "extension":[{"valueCode":"secret"}]         | Observation.extension[0]
          "extension":["secret"]                       | Observation.extension[0]
          "extension":[{"url":"u","valueDate":"secret"}] | Observation.extension[0].value.ofType(date)
          "_status":{"extension":[{"url":"u","valueDate":"secret"}]} | Observation.status.extension[0].value.ofType(date)
          "subject":{"reference":"#secret"}            | Observation
          "contained":[{"resourceType":"Secret"}]      | Observation.contained[0]
          "contained":[{"id":"p","gender":"secret"}]   | Observation.contained[0]
          "contained":[{"resourceType":"Patient","id":"p","gender":"secret"}] | Observation.contained[0].ofType(Patient).gender
          """)
  void anElementThatCannotBeReadIsNamedAndItsValueIsNot(String element, String expression) {
    Answer answer =
        hospital.send("POST", "Observation", "{\"resourceType\":\"Observation\"," + element + "}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.expressions()).containsExactly(expression);
    assertThat(answer.resource(OperationOutcome.class).getIssueFirstRep().getCode().toCode())
        .isEqualTo("structure");
    if (!expression.contains("secret")) {
      assertThat(answer.body()).doesNotContainIgnoringCase("secret");
    }
  }

  @Test
  void jsonThatIsNoneIsRefusedWithThePlaceAndNotTheText() {
    Answer answer =
        hospital.send(
            "POST", "Observation", "{\"resourceType\":\"Observation\",\"status\":secret}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("line 1, column").doesNotContain("secret");
  }

  @Test
  void xmlThatCannotBeReadNamesTheElementInItsText() {
    Answer answer =
        hospital.send(
            hospital
                .server()
                .fhirRequest("Observation", hospital.admin())
                .setHeader("Content-Type", "application/fhir+xml")
                .POST(
                    BodyPublishers.ofString(
                        "<Observation xmlns=\"http://hl7.org/fhir\"><status value=\"secret\"/>"
                            + "</Observation>")));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("status: ").doesNotContain("secret");
  }

  @Test
  void anEmptyBodyIs400() {
    assertThat(hospital.send("POST", "Observation", null).status()).isEqualTo(400);
  }

  @Test
  void anotherTypeThanTheEndpointsIs400() {
    Answer answer = hospital.post("Observation", new Patient());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.resource(OperationOutcome.class).getIssue()).isNotEmpty();
  }

  @Test
  void anUnknownTypeIs404() {
    assertThat(hospital.send("POST", "Gadget", "{\"resourceType\":\"Gadget\"}").status())
        .isIn(400, 404);
  }

  @Test
  void anUnknownDeviceIsNamed() {
    Answer answer =
        hospital.post("Observation", new Bedside(bed.patient(), "Device/none").heartRate("7", NOW));
    assertThat(answer.status()).isEqualTo(422);

    answer =
        hospital.post(
            "Observation", new Bedside(bed.patient(), "Device/none").heartRate("72", NOW));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.expressions()).containsExactly("Observation.device");
  }

  @Test
  void aUnitOfAnotherDimensionIsNamed() {
    Answer answer =
        hospital.post(
            "Observation", bed.numeric("http://loinc.org", "8867-4", "72", "mmol/L", NOW));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.expressions()).containsExactly("Observation.value.ofType(Quantity).code");
    assertThat(answer.resource(OperationOutcome.class).getIssueFirstRep().getCode().toCode())
        .isEqualTo("code-invalid");
  }

  @Test
  void tooManyEntriesAre413() {
    Observation[] readings = new Observation[VigilServer.MAX_ENTRIES + 1];
    Arrays.fill(readings, bed.heartRate("72", NOW));

    Answer answer = hospital.post(Bedside.posting(BundleType.TRANSACTION, readings));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.expressions()).containsExactly("Bundle.entry");
  }

  @Test
  void aBodyThatDeclaresItselfTooLargeIs413BeforeItIsRead() throws Exception {
    URI url = URI.create(hospital.server().fhir());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /fhir HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                  + hospital.admin()
                  + "\r\nContent-Type: application/fhir+json\r\nContent-Length: "
                  + (VigilServer.MAX_BODY + 1)
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      // The connection stays half open: the client has not sent its body.
      byte[] answer = new byte[4000];
      int length = socket.getInputStream().read(answer);
      assertThat(new String(answer, 0, length, StandardCharsets.UTF_8)).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void aBodyThatGrowsTooLargeIs413() {
    byte[] spaces = new byte[VigilServer.MAX_BODY + 1];
    Arrays.fill(spaces, (byte) ' ');
    Answer answer =
        hospital.send(
            request("Observation")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(spaces))));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.resource(OperationOutcome.class).getIssueFirstRep().getCode().toCode())
        .isEqualTo("too-costly");
  }

  @Test
  void aCompressedBodyThatUnpacksToTooMuchIs413() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      byte[] spaces = new byte[1024 * 1024];
      Arrays.fill(spaces, (byte) ' ');
      for (int i = 0; i <= VigilServer.MAX_BODY / spaces.length; i++) {
        gzip.write(spaces);
      }
    }
    Answer answer =
        hospital.send(
            request("Observation")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(packed.toByteArray())));

    assertThat(answer.status()).isEqualTo(413);
  }

  @Test
  void whatSaysItIsCompressedButIsNotIs400() {
    Answer answer =
        hospital.send(
            request("Observation")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString("{}")));

    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void aCompressedReadingIsTaken() throws IOException {
    Bedside other = hospital.admit();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(Hospital.json(other.heartRate("72", NOW)).getBytes(StandardCharsets.UTF_8));
    }
    Answer answer =
        hospital.send(
            request("Observation")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(packed.toByteArray())));

    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    head = hospital.server().bean(EventLog.class).head();
  }

  @Test
  void aBrokenConnectionInTheMiddleOfABodyHurtsNobody() throws Exception {
    URI url = URI.create(hospital.server().fhir());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("POST /fhir/Observation HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + hospital.admin()
                      + "\r\nContent-Type: application/fhir+json\r\nContent-Length: 500\r\n\r\n"
                      + "{\"resourceType\":")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      InputStream answer = socket.getInputStream();
      assertThat(new String(answer.readNBytes(12), StandardCharsets.US_ASCII))
          .isIn("", "HTTP/1.1 400");
    }
  }

  private HttpRequest.Builder request(String path) {
    return hospital.server().fhirRequest(path, hospital.admin());
  }
}
