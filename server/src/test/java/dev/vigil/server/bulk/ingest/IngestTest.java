package dev.vigil.server.bulk.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngestTest {

  private final Hospital hospital = new Hospital();
  private final VigilServer server = hospital.server();
  private final Bedside bedside = hospital.admit();

  private String gateway() {
    return server.token("demo-gateway", "system/Observation.crus");
  }

  private HttpRequest.Builder request(String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.fhir() + "/Observation/$ingest"))
            .header("Content-Type", "application/fhir+ndjson");
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private List<JsonNode> ingest(String body) {
    return answers(server.send(request(gateway()).POST(BodyPublishers.ofString(body))));
  }

  private static List<JsonNode> answers(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body().lines().map(IngestTest::json).toList();
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(line, e);
    }
  }

  private Observation reading(int number) {
    return bedside.heartRate(
        Integer.toString(60 + number % 60), Instant.now().minusSeconds(number));
  }

  private String lines(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(Hospital.json(reading(i))).append('\n');
    }
    return lines.toString();
  }

  private int stored() {
    return hospital.count("Observation?subject=" + bedside.patient());
  }

  @Test
  void storesEachLineAndSaysWhere() {
    List<JsonNode> answers = ingest(lines(250));

    assertThat(answers).hasSize(251);
    for (int i = 0; i < 250; i++) {
      assertThat(answers.get(i).path("line").asInt()).isEqualTo(i + 1);
      assertThat(answers.get(i).path("status").asInt()).isEqualTo(201);
    }
    String location = answers.get(7).path("location").asText();
    assertThat(hospital.get(location).resource(Observation.class).getValueQuantity().getValue())
        .hasToString("67");
    assertThat(answers.get(250))
        .isEqualTo(
            json("{\"complete\":true,\"lines\":250,\"created\":250,\"known\":0,\"refused\":0}"));
    assertThat(stored()).isEqualTo(250);
  }

  @Test
  void takesTheShortWayOnceItKnowsHowLinesAreWritten() {
    ingest(lines(1));
    Hospital.eventually(
        () -> {
          double before = byTheShortWay();
          ingest(lines(3));
          return byTheShortWay() - before == 3;
        });
    Observation first = identified("in-1");
    Observation again = identified("in-1");

    List<JsonNode> answers =
        ingest(String.join("\n", Hospital.json(first), Hospital.json(reading(5))));
    List<JsonNode> repeated =
        ingest(String.join("\n", Hospital.json(reading(6)), Hospital.json(again)));

    assertThat(answers).extracting(line -> line.path("status").asInt()).startsWith(201, 201);
    assertThat(repeated).extracting(line -> line.path("status").asInt()).startsWith(201, 200);
    assertThat(repeated.get(1).path("location")).isEqualTo(answers.get(0).path("location"));
    Observation stored =
        hospital.get(answers.get(0).path("location").asText()).resource(Observation.class);
    assertThat(stored.getMeta().getSource()).matches("#[0-9A-Za-z]{16}");
    assertThat(stored.getValueQuantity().getValue()).isEqualTo(first.getValueQuantity().getValue());
  }

  private Observation identified(String value) {
    Observation reading = reading(7);
    reading.getIdentifier().clear();
    reading.addIdentifier().setSystem("urn:vigil:ingest").setValue(bedside.device() + value);
    return reading;
  }

  private double byTheShortWay() {
    return server.bean(MeterRegistry.class).counter("vigil.intake.fast.observations").count();
  }

  @Test
  void refusesALineForItselfAndNamesTheElement() {
    Observation implausible = reading(1);
    implausible.getValueQuantity().setValue(9_999);
    Observation stranger = reading(2);
    stranger.getSubject().setReference("Patient/nobody");
    String body =
        String.join(
            "\n",
            Hospital.json(reading(3)),
            Hospital.json(implausible),
            "{\"resourceType\":\"Observation\",\"nonsense\":1}",
            "not json",
            "{\"resourceType\":\"Patient\"}",
            Hospital.json(stranger),
            "",
            Hospital.json(reading(4)));

    List<JsonNode> answers = ingest(body);

    assertThat(answers).hasSize(8);
    assertThat(
            answers.stream()
                .limit(7)
                .map(one -> one.path("line").asInt() + " " + one.path("status").asInt()))
        .containsExactly("1 201", "2 422", "3 400", "4 400", "5 422", "6 422", "8 201");
    assertThat(answers.get(1).at("/issue/0/expression/0").asText()).startsWith("Observation.value");
    assertThat(answers.get(5).at("/issue/0/expression/0").asText())
        .isEqualTo("Observation.subject");
    assertThat(answers.toString()).doesNotContain("9999").doesNotContain("nonsense\":1");
    assertThat(answers.get(7).path("refused").asInt()).isEqualTo(5);
    assertThat(stored()).isEqualTo(2);
  }

  @Test
  void refusesStrangersInTheSameWordsByTheShortWay() {
    Observation stranger = reading(2);
    stranger.getSubject().setReference("Patient/nobody");
    Observation unknownDevice = reading(3);
    unknownDevice.getDevice().setReference("Device/none");
    String strangers = Hospital.json(stranger) + "\n" + Hospital.json(unknownDevice);
    List<JsonNode> usual = ingest(strangers);
    Hospital.eventually(
        () -> {
          double before = byTheShortWay();
          ingest(lines(3));
          return byTheShortWay() - before == 3;
        });
    Observation known = identified("known-1");
    assertThat(ingest(Hospital.json(known)).get(0).path("status").asInt()).isEqualTo(201);
    Observation strangerOfAKnownOne = known.copy();
    strangerOfAKnownOne.setSubject(stranger.getSubject());

    List<JsonNode> answers =
        ingest(
            String.join(
                "\n",
                Hospital.json(reading(4)),
                strangers,
                Hospital.json(strangerOfAKnownOne),
                Hospital.json(reading(5))));

    assertThat(answers.get(1).path("issue")).isEqualTo(usual.get(0).path("issue"));
    assertThat(answers.get(2).path("issue")).isEqualTo(usual.get(1).path("issue"));
    assertThat(answers)
        .extracting(line -> line.path("status").asInt())
        .startsWith(201, 422, 422, 200, 201);
    double before = byTheShortWay();
    assertThat(ingest(Hospital.json(reading(6)) + "\n" + strangers))
        .extracting(line -> line.path("status").asInt())
        .startsWith(201, 422, 422);
    assertThat(byTheShortWay() - before).isEqualTo(1);
  }

  @Test
  void storesARepeatedStreamOnce() {
    String body = lines(120);
    List<JsonNode> first = ingest(body);

    List<JsonNode> second = ingest(body);

    assertThat(second.get(120))
        .isEqualTo(
            json("{\"complete\":true,\"lines\":120,\"created\":0,\"known\":120,\"refused\":0}"));
    assertThat(second.get(5).path("location")).isEqualTo(first.get(5).path("location"));
    assertThat(stored()).isEqualTo(120);
  }

  @Test
  void takesPackedLinesAndTellsOnlyWhatWentWrongWhenAsked() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write((lines(30) + "broken\n").getBytes(StandardCharsets.UTF_8));
    }

    List<JsonNode> answers =
        answers(
            server.send(
                request(gateway())
                    .header("Content-Encoding", "gzip")
                    .header("Prefer", "return=minimal")
                    .POST(BodyPublishers.ofByteArray(packed.toByteArray()))));

    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).path("line").asInt()).isEqualTo(31);
    assertThat(answers.get(1).path("created").asInt()).isEqualTo(30);
  }

  @Test
  void answersWhileTheClientIsStillSending() throws IOException {
    try (Socket socket = new Socket("localhost", URI.create(server.fhir()).getPort())) {
      OutputStream out = socket.getOutputStream();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      head(out);
      chunk(out, lines(1));
      String answer = line(in, "{\"line\":1");
      assertThat(json(answer).path("status").asInt()).isEqualTo(201);
      assertThat(stored()).isEqualTo(1);
      chunk(out, lines(1));
      line(in, "{\"line\":2");
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertThat(json(line(in, "{\"complete\"")).path("created").asInt()).isEqualTo(2);
    }
  }

  @Test
  void keepsWhatItConfirmedToAClientThatLeaves() throws IOException {
    try (Socket socket = new Socket("localhost", URI.create(server.fhir()).getPort())) {
      OutputStream out = socket.getOutputStream();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      head(out);
      chunk(out, lines(3));
      line(in, "{\"line\":3");
      chunk(out, Hospital.json(reading(9)).substring(0, 100));
      socket.setSoLinger(true, 0);
    }

    assertThat(stored()).isEqualTo(3);
    // The place of the one that left is free again, and so is the other.
    Hospital.eventually(() -> ingest(lines(1)).size() == 2);
    assertThat(ingest(lines(1))).hasSize(2);
  }

  private void head(OutputStream out) throws IOException {
    String head =
        "POST /fhir/Observation/$ingest HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/fhir+ndjson\r\nTransfer-Encoding: chunked\r\n"
            + "Authorization: Bearer "
            + gateway()
            + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void chunk(OutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static String line(BufferedReader in, String start) throws IOException {
    String line;
    do {
      line = in.readLine();
      assertThat(line).as("the answer has ended").isNotNull();
    } while (!line.startsWith(start));
    return line;
  }

  @Test
  void takesFarMoreThanABodyMayHold() throws IOException, InterruptedException {
    String line = Hospital.json(reading(0)) + " ".repeat(16 * 1024) + "\n";
    long lines = 2L * VigilServer.MAX_BODY / line.length();
    java.util.Iterator<byte[]> body =
        new java.util.Iterator<>() {
          private long left = lines;

          @Override
          public boolean hasNext() {
            return left > 0;
          }

          @Override
          public byte[] next() {
            left--;
            return line.getBytes(StandardCharsets.UTF_8);
          }
        };

    // Java's client reads no answer before it has sent all.
    HttpResponse<String> answer =
        server
            .http()
            .send(
                request(gateway()).POST(BodyPublishers.ofByteArrays(() -> body)).build(),
                HttpResponse.BodyHandlers.ofString());

    List<String> answers = new ArrayList<>(answer.body().lines().toList());
    assertThat(answers).hasSize((int) lines + 1);
    JsonNode sum = json(answers.get(answers.size() - 1));
    assertThat(sum.path("complete").asBoolean()).isTrue();
    assertThat(sum.path("created").asInt()).isEqualTo(1);
    assertThat(sum.path("known").asLong()).isEqualTo(lines - 1);
  }

  @ParameterizedTest
  @CsvSource({
    "demo-gateway, system/Observation.cs, 200",
    "demo-gateway, system/Observation.c, 403",
    "demo-gateway, system/Observation.us, 403",
    "demo-gateway, system/Patient.c, 403",
    "demo-ehr, '', 403"
  })
  void needsTheScopeToCreateObservations(String client, String scope, int status) {
    HttpResponse<String> answer =
        server.send(request(server.token(client, scope)).POST(BodyPublishers.ofString(lines(1))));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
  }

  @Test
  void storesInTheCallersTenantOnly() {
    HttpResponse<String> answer =
        server.send(
            request(server.token(VigilServer.OTHER_TENANT_CLIENT, ""))
                .POST(BodyPublishers.ofString(lines(1))));

    assertThat(answers(answer).get(0).path("status").asInt()).isEqualTo(422);
    assertThat(stored()).isZero();
    assertThat(server.send(request(null).POST(BodyPublishers.ofString("x"))).statusCode())
        .isEqualTo(401);
  }

  @Test
  void updatesALineWithAnIdForThoseWhoMay() {
    Observation known = reading(1);
    String location = ingest(Hospital.json(known)).get(0).path("location").asText();
    known.setId(location.replaceFirst("/_history.*", ""));
    known.getValueQuantity().setValue(99);

    JsonNode updated = ingest(Hospital.json(known)).get(0);
    assertThat(updated.path("status").asInt()).isEqualTo(200);
    assertThat(updated.path("location").asText()).endsWith("/_history/2");
    HttpResponse<String> refused =
        server.send(
            request(server.token("demo-gateway", "system/Observation.cs"))
                .POST(BodyPublishers.ofString(Hospital.json(known))));
    assertThat(answers(refused).get(0).path("status").asInt()).isEqualTo(403);
  }

  @Test
  void wantsLines() {
    HttpResponse<String> answer =
        server.send(
            request(gateway())
                .setHeader("Content-Type", "application/fhir+json")
                .POST(BodyPublishers.ofString(lines(1))));

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("OperationOutcome");
  }
}
