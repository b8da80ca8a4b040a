package dev.vigil.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class ReadingStreamTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Each source of twelve patients as often as its weight says. */
  private static final int ROUND =
      12 * Arrays.stream(ReadingKind.values()).mapToInt(ReadingKind::weight).sum();

  private final Cohort cohort = Cohort.register(12, ReadingStreamTest::registered);

  /** What a server answers that stores everything. */
  private static JsonNode registered(JsonNode bundle) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode entries = answer.putArray("entry");
    for (JsonNode entry : bundle.path("entry")) {
      String type = entry.at("/resource/resourceType").asText();
      entries
          .addObject()
          .putObject("response")
          .put(
              "location", type + "/" + entry.path("fullUrl").asText().substring(9) + "/_history/1");
    }
    return answer;
  }

  private static JsonNode bundle(ReadingStream stream, int size) throws IOException {
    int length = stream.bundle(size);
    return JSON.readTree(stream.buffer(), 0, length);
  }

  private static List<JsonNode> observations(ReadingStream stream, int size) throws IOException {
    JsonNode bundle = bundle(stream, size);
    assertThat(bundle.path("entry")).hasSize(size);
    return StreamSupport.stream(bundle.path("entry").spliterator(), false)
        .map(entry -> entry.path("resource"))
        .toList();
  }

  /** Its JSON without the texts and numbers, as the store would see it. */
  private static String shape(JsonNode node) {
    if (node.isObject()) {
      return node.properties().stream()
          .map(
              member ->
                  member.getKey().matches("system|code|reference|profile")
                          && member.getValue().isTextual()
                          && !member.getKey().equals("reference")
                      ? member.getKey() + "=" + member.getValue()
                      : member.getKey() + shape(member.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (node.isArray()) {
      List<String> elements = new ArrayList<>();
      node.forEach(element -> elements.add(shape(element)));
      return elements.toString();
    }
    return "";
  }

  @Test
  void holdsMoreThanTwentyShapes() throws IOException {
    ReadingStream stream = cohort.streams(1, false, EventTimes.NOW).get(0);
    Map<String, Integer> shapes = new HashMap<>();
    for (JsonNode observation : observations(stream, ROUND)) {
      shapes.merge(shape(observation), 1, Integer::sum);
    }
    assertThat(shapes).hasSize(ReadingKind.values().length).hasSizeGreaterThan(20);
  }

  @Test
  void namesItsPatientAndOneOfThatPatientsDevices() throws IOException {
    ReadingStream stream = cohort.streams(1, false, EventTimes.NOW).get(0);
    for (JsonNode observation : observations(stream, ROUND)) {
      assertThat(observation.at("/subject/reference").asText()).startsWith("Patient/");
      assertThat(observation.at("/device/reference").asText()).matches("Device(Metric)?/.+");
    }
  }

  @Test
  void repeatsNoIdentifierAndNoMomentOfASignal() throws IOException {
    Map<String, Integer> identifiers = new HashMap<>();
    for (ReadingStream stream : cohort.streams(3, false, EventTimes.NOW)) {
      for (int i = 0; i < 20; i++) {
        for (JsonNode observation : observations(stream, 400)) {
          JsonNode identifier = observation.at("/identifier/0/value");
          if (identifier.isTextual()) {
            identifiers.merge(identifier.asText(), 1, Integer::sum);
          }
        }
      }
    }
    assertThat(identifiers).hasSizeGreaterThan(10_000);
    assertThat(identifiers.values()).containsOnly(1);
  }

  @Test
  void staysWhereRulesStillDecide() throws IOException {
    ReadingStream stream = cohort.streams(1, false, EventTimes.NOW).get(0);
    for (int i = 0; i < 40; i++) {
      for (JsonNode observation : observations(stream, ROUND)) {
        String time = observation.path("effectiveDateTime").asText();
        if (time.endsWith("Z")) {
          assertThat(Instant.parse(time))
              .isBetween(Instant.now().minus(Duration.ofMinutes(5)), Instant.now().plusSeconds(1));
        }
      }
    }
  }

  @Test
  void spreadsALargeStoreOverTheWholeTime() throws IOException {
    Duration half = Duration.ofDays(182);
    ReadingStream stream =
        cohort.streams(1, false, EventTimes.spread(half, 40L * ROUND, 12)).get(0);
    TreeSet<Instant> times = new TreeSet<>();
    for (int i = 0; i < 40; i++) {
      for (JsonNode observation : observations(stream, ROUND)) {
        String time = observation.path("effectiveDateTime").asText();
        if (time.endsWith("Z")) {
          times.add(Instant.parse(time));
        }
      }
    }
    assertThat(times.first()).isBefore(Instant.now().minus(Duration.ofDays(170)));
    assertThat(times.last())
        .isBetween(Instant.now().minus(Duration.ofDays(14)), Instant.now().plusSeconds(1));
  }

  @Test
  void asksForAConditionWhereThereIsAnIdentifier() throws IOException {
    ReadingStream stream = cohort.streams(1, true, EventTimes.NOW).get(0);
    JsonNode bundle = bundle(stream, ROUND);
    for (JsonNode entry : bundle.path("entry")) {
      JsonNode identifier = entry.at("/resource/identifier/0");
      assertThat(entry.at("/request/ifNoneExist").asText())
          .isEqualTo(
              identifier.isMissingNode()
                  ? ""
                  : "identifier="
                      + identifier.path("system").asText()
                      + "|"
                      + identifier.path("value").asText());
    }
  }

  @Test
  void handsOutWhatItSent() throws IOException {
    ReadingStream stream = cohort.streams(1, false, EventTimes.NOW).get(0);
    List<JsonNode> observations = observations(stream, 50);
    for (int i = 0; i < 50; i++) {
      assertThat(JSON.readTree(stream.observationAt(i))).isEqualTo(observations.get(i));
    }
    int length = stream.single();
    assertThat(JSON.readTree(stream.buffer(), 0, length))
        .isEqualTo(JSON.readTree(stream.observationAt(0)));
  }

  @Test
  void writesNumbersWithTheirDigits() {
    JsonBytes out = new JsonBytes();
    out.number(630, 2).text(" ").number(5, 2).text(" ").number(72, 0);
    assertThat(new String(out.copy(0, out.length()))).isEqualTo("6.30 0.05 72");
  }

  @Test
  void writesTimesAsTheyAre() {
    JsonBytes out = new JsonBytes();
    long moment = Instant.parse("2026-03-01T23:59:07.045Z").toEpochMilli();
    out.utc(moment).text(" ").local(moment).text(" ").stamp(moment);
    assertThat(new String(out.copy(0, out.length())))
        .isEqualTo("2026-03-01T23:59:07.045Z 2026-03-02T00:59:07.045+01:00 20260301T235907.045Z");
  }
}
