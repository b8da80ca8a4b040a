package dev.vigil.server.intake.fast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.ChainVerifier;
import dev.vigil.telemetry.log.EventLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The same requests by both ways: a header that HAPI ignores sends one the usual way. */
class FastAndUsualWayTest {

  private static final String BY_THE_USUAL_WAY = "X-By-The-Usual-Way";
  private static final TenantId DEMO = new TenantId("demo");
  private static final Pattern ID = Pattern.compile("o[0-9a-hjkmnp-tv-z]{13}");

  private final Hospital hospital = new Hospital();
  private final VigilServer server = VigilServer.get();
  private final JdbcClient jdbc = JdbcClient.create(server.bean(DataSource.class));
  private final KnownTexts texts = server.bean(KnownTexts.class);
  private final EventLog log = server.bean(EventLog.class);
  private final Instant now = Instant.now().minusSeconds(600).truncatedTo(ChronoUnit.SECONDS);

  /** Headers are names and values in turn. */
  private HttpResponse<String> post(String path, String body, boolean usual, String... headers) {
    HttpRequest.Builder request = server.fhirRequest(path, hospital.admin());
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (usual) {
      request.header(BY_THE_USUAL_WAY, "1");
    }
    return server.send(request.POST(BodyPublishers.ofString(body)));
  }

  /** A shape is learned after the answer went out. */
  private void teach(Runnable sending) {
    double before = committed();
    Hospital.eventually(
        () -> {
          sending.run();
          return committed() > before;
        });
  }

  private double committed() {
    return server.bean(MeterRegistry.class).counter("vigil.intake.fast.observations").count();
  }

  private static String reading(Bedside bed, String code, String value, String unit, String at) {
    return observation(bed, UUID.randomUUID().toString(), code, value, unit, at, "", "");
  }

  private static String observation(
      Bedside bed,
      String identifier,
      String code,
      String value,
      String unit,
      String at,
      String before,
      String after) {
    return """
        {"resourceType":"Observation",%s"identifier":[{"system":"urn:fast","value":"%s"}],\
        "status":"final","code":{"coding":[{"system":"http://loinc.org","code":"%s"}]},\
        "subject":{"reference":"%s"},"effectiveDateTime":"%s","valueQuantity":{"value":%s,\
        "unit":"%s","system":"http://unitsofmeasure.org","code":"%s"},\
        "device":{"reference":"%s"}%s}"""
        .formatted(
            before, identifier, code, bed.patient(), at, value, unit, unit, bed.device(), after);
  }

  private static String gateway(String reference) {
    return """
        ,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/observation-gatewayDevice",\
        "valueReference":{"reference":"%s"}}]"""
        .formatted(reference);
  }

  private static String bundle(List<String> entries) {
    return "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
        + String.join(",", entries)
        + "]}";
  }

  private static String entry(String resource, String condition) {
    return "{\"resource\":"
        + resource
        + ",\"request\":{\"method\":\"POST\",\"url\":\"Observation\""
        + (condition == null ? "" : ",\"ifNoneExist\":\"" + condition + "\"")
        + "}}";
  }

  @Test
  void answerAlikeAndStoreAlike() {
    Bedside one = hospital.admit();
    Bedside other = hospital.admit();
    String at = now.toString();
    teach(
        () ->
            post(
                "", bundle(List.of(entry(reading(one, "8867-4", "70", "/min", at), null))), false));
    double before = committed();
    long event = log.head();

    HttpResponse<String> fast =
        post(
            "",
            bundle(
                List.of(
                    entry(reading(one, "8867-4", "71.50", "/min", at), null),
                    entry(
                        observation(one, "f-1", "8867-4", "72", "/min", at, "", ""),
                        "identifier=urn:fast|f-1"))),
            false);
    assertThat(committed() - before).isEqualTo(2);
    HttpResponse<String> usual =
        post(
            "",
            bundle(
                List.of(
                    entry(reading(other, "8867-4", "71.50", "/min", at), null),
                    entry(
                        observation(other, "u-1", "8867-4", "72", "/min", at, "", ""),
                        "identifier=urn:fast|u-1"))),
            true);

    assertThat(committed() - before).isEqualTo(2);
    assertThat(fast.statusCode()).isEqualTo(usual.statusCode());
    assertThat(plain(fast.body(), one)).isEqualTo(plain(usual.body(), other));
    assertThat(headers(fast)).isEqualTo(headers(usual));
    assertThat(stored(one)).containsAll(stored(other));
    assertThat(rows(one)).containsAll(rows(other));
    assertThat(signals(one)).isEqualTo(signals(other));
    assertThat(events(event))
        .hasSize(2)
        .satisfies(events -> assertThat(events.get(0)).isEqualTo(events.get(1)));
  }

  @Test
  void storeAlikeWhatCameByAGateway() {
    Bedside one = hospital.admit();
    Bedside other = hospital.admit();
    String at = now.toString();
    String by = gateway(hospital.admit().device());
    teach(
        () ->
            post(
                "Observation",
                observation(one, "t-" + UUID.randomUUID(), "9279-1", "15", "/min", at, "", by),
                false));
    double before = committed();

    String body =
        bundle(
            List.of(
                entry(
                    observation(
                        one,
                        "f-gateway",
                        "9279-1",
                        "16",
                        "/min",
                        at,
                        "",
                        gateway("Device/farther")),
                    null)));
    assertThat(post("", body, false).statusCode()).isEqualTo(200);
    assertThat(committed() - before).isEqualTo(1);
    String usual =
        bundle(
            List.of(
                entry(
                    observation(
                        other,
                        "u-gateway",
                        "9279-1",
                        "16",
                        "/min",
                        at,
                        "",
                        gateway("Device/farther")),
                    null)));
    assertThat(post("", usual, true).statusCode()).isEqualTo(200);

    assertThat(committed() - before).isEqualTo(1);
    assertThat(stored(one)).containsAll(stored(other));
    assertThat(rows(one)).containsAll(rows(other));
  }

  /** What devices send, each with all that differs from one of its Observations to the next. */
  private enum Kind {
    CELSIUS("8310-5", "\"valueQuantity\":{\"value\":%1$d.5,%2$s}", "Cel"),
    PERIOD("9279-1", "\"valueQuantity\":{\"value\":%1$d,%2$s}", "/min"),
    WAVEFORM(
        "131329",
        "\"valueSampledData\":{\"origin\":{\"value\":0,%2$s},\"period\":8,\"factor\":0.001,"
            + "\"dimensions\":1,\"data\":\"1 -2 %1$d E\"}",
        "mV"),
    ABSENT(
        "59408-5",
        "\"dataAbsentReason\":{\"coding\":[{\"system\":"
            + "\"http://terminology.hl7.org/CodeSystem/data-absent-reason\",\"code\":\"unknown\"}]}",
        "%"),
    STEPS("41950-7", "\"valueInteger\":%1$d", "1"),
    BEYOND_THE_LETTERS("x-message", "\"valueString\":\"self-test %1$d \u2162 passed\"", "1"),
    WORDS("x-message", "\"valueString\":\"self-test %1$d f\u00fcr\"", "1"),
    NOTED(
        "9279-1", "\"valueQuantity\":{\"value\":16,%2$s},\"note\":[{\"text\":\"n %1$d\"}]", "/min"),
    PERFORMED(
        "9279-1",
        "\"valueQuantity\":{\"value\":%1$d,%2$s},\"performer\":[{\"reference\":\"%3$s\"}]",
        "/min"),
    PROBE("x-probe", "\"valueBoolean\":false", "1"),
    TYPED("x-typed", "\"valueCodeableConcept\":{\"text\":\"word %1$d\"}", "1"),
    TWO_VALUES("x-two", "\"valueBoolean\":false,\"valueInteger\":%1$d", "1");

    private final String code;
    private final String value;
    private final String unit;

    Kind(String code, String value, String unit) {
      this.code = code;
      this.value = value;
      this.unit = unit;
    }

    boolean refused() {
      return this == TWO_VALUES;
    }

    boolean learned() {
      return !refused() && this != BEYOND_THE_LETTERS;
    }

    String observation(Bedside bed, String performer, Instant at, int number) {
      String quantity =
          "\"unit\":\"%1$s\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"%1$s\""
              .formatted(unit);
      String effective =
          this == PERIOD || this == WAVEFORM
              ? "\"effectivePeriod\":{\"start\":\"%s\",\"end\":\"%s\"}"
                  .formatted(at.minusSeconds(30), at)
              : "\"effectiveDateTime\":\"%s\"".formatted(at);
      return """
          {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"%s",\
          "code":"%s"}]},"subject":{"reference":"%s","display":"Bed %d"},%s,%s,\
          "device":{"reference":"%s"}}"""
          .formatted(
              this == WAVEFORM ? "urn:iso:std:iso:11073:10101" : "http://loinc.org",
              code,
              bed.patient(),
              number,
              effective,
              value.formatted(number, quantity, performer),
              bed.device());
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Tag("safety")
  void learnWhatDevicesSend(Kind kind) {
    Bedside one = hospital.admit();
    Bedside other = hospital.admit();
    String first = created("Practitioner");
    String second = created("Practitioner");
    List<Integer> answers = new ArrayList<>();
    double before = committed();
    for (int i = 0; i < 4; i++) {
      String performer = i % 2 == 0 ? first : second;
      Instant at = now.minusSeconds(60 * i);
      String sent = kind.observation(one, performer, at, 36 + i);
      HttpResponse<String> fast = post("", bundle(List.of(entry(sent, null))), false);
      sent = kind.observation(other, performer, at, 36 + i);
      HttpResponse<String> usual = post("", bundle(List.of(entry(sent, null))), true);
      assertThat(plain(fast.body(), one)).isEqualTo(plain(usual.body(), other));
      answers.add(fast.statusCode());
      if (kind.learned()) {
        byte[] known = sent.getBytes(StandardCharsets.UTF_8);
        Hospital.eventually(() -> texts.find(known, 0, known.length) != null);
      }
    }
    assertThat(answers).containsOnly(kind.refused() ? 400 : 200);
    // All but the first, unless another test taught it.
    assertThat(committed() - before).isBetween(kind.learned() ? 3.0 : 0, kind.learned() ? 4.0 : 0);
    assertThat(stored(one)).isEqualTo(stored(other)).hasSize(kind.refused() ? 0 : 4);
    assertThat(rows(one)).isEqualTo(rows(other));
    assertThat(signals(one)).isEqualTo(signals(other));
    assertThat(beside(one)).isEqualTo(beside(other));
  }

  /** Hazard: what is refused of a way of writing is taken once that was learned. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  @Tag("safety")
  void refuseOfWhatWasLearnedAsBefore(Kind kind) {
    Bedside one = hospital.admit();
    Bedside other = hospital.admit();
    Bedside stranger = hospital.admit();
    String performer = created("Practitioner");
    Instant future = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
    List<Function<Bedside, String>> odd =
        List.of(
            bed -> kind.observation(bed, performer, now, 40),
            bed -> kind.observation(bed, performer, now, 40),
            bed -> kind.observation(bed, performer, future, 41),
            bed -> kind.observation(bed, "Practitioner/nobody", now, 42),
            bed -> kind.observation(bed, performer, now, 999_999_999),
            bed ->
                kind.observation(new Bedside(bed.patient(), stranger.device()), performer, now, 43),
            bed ->
                kind.observation(new Bedside("Patient/nobody", bed.device()), performer, now, 44),
            bed ->
                kind.observation(bed, performer, now, 45)
                    .replaceFirst("\"start\":\"[^\"]+\"", "\"start\":\"" + future + "\""));
    for (int i = 0; i < odd.size(); i++) {
      String toOne = bundle(List.of(entry(odd.get(i).apply(one), null)));
      String toOther = bundle(List.of(entry(odd.get(i).apply(other), null)));
      HttpResponse<String> fast = post("", toOne, false);
      HttpResponse<String> usual = post("", toOther, true);
      assertThat(fast.statusCode()).as(toOne).isEqualTo(usual.statusCode());
      assertThat(plain(fast.body(), one)).as(toOne).isEqualTo(plain(usual.body(), other));
    }
    assertThat(stored(one)).isEqualTo(stored(other));
    assertThat(rows(one)).isEqualTo(rows(other));
    assertThat(signals(one)).isEqualTo(signals(other));
  }

  /** A proxy before the server says who asked, and names the request. */
  @Test
  void answerAlikeBehindAProxy() {
    Bedside one = hospital.admit();
    Bedside other = hospital.admit();
    String at = now.toString();
    teach(() -> post("Observation", reading(one, "8867-4", "70", "/min", at), false));
    double before = committed();

    String[] byProxy = {
      "X-Request-ID", "3f0e2d1c-proxy-0001",
      "X-Forwarded-For", "192.0.2.1",
      "X-Forwarded-Proto", "https",
      "X-Forwarded-Host", "fhir.example.org"
    };
    HttpResponse<String> fast =
        post("Observation", reading(one, "8867-4", "71.50", "/min", at), false, byProxy);
    HttpResponse<String> usual =
        post("Observation", reading(other, "8867-4", "71.50", "/min", at), true, byProxy);

    assertThat(committed() - before).isEqualTo(1);
    assertThat(plain(fast.body(), one)).isEqualTo(plain(usual.body(), other));
    assertThat(fast.body()).contains("\"source\":\"#3f0e2d1c-proxy-0\"");
    assertThat(headers(fast))
        .isEqualTo(headers(usual))
        .containsEntry("x-request-id", "[3f0e2d1c-proxy-0001]");
  }

  @Test
  void answerASingleCreateAlikeThatIsNotToBeShown() {
    Bedside one = hospital.admit();
    Bedside other = hospital.admit();
    String at = now.toString();
    teach(() -> post("Observation", reading(one, "8867-4", "70", "/min", at), false));
    double before = committed();

    String[] minimal = {"Prefer", "return=minimal"};
    HttpResponse<String> fast =
        post("Observation", reading(one, "8867-4", "71.50", "/min", at), false, minimal);
    HttpResponse<String> usual =
        post("Observation", reading(other, "8867-4", "71.50", "/min", at), true, minimal);

    assertThat(committed() - before).isEqualTo(1);
    assertThat(fast.statusCode()).isEqualTo(usual.statusCode()).isEqualTo(201);
    assertThat(fast.body()).isEqualTo(usual.body()).isEmpty();
    assertThat(headers(fast)).isEqualTo(headers(usual));
    assertThat(stored(one)).containsAll(stored(other));
  }

  @Test
  void answerASingleCreateAlike() {
    Bedside one = hospital.admit();
    Bedside other = hospital.admit();
    String at = now.toString();
    teach(() -> post("Observation", reading(one, "8867-4", "70", "/min", at), false));
    double before = committed();

    HttpResponse<String> fast =
        post("Observation", reading(one, "8867-4", "71.50", "/min", at), false);
    HttpResponse<String> usual =
        post("Observation", reading(other, "8867-4", "71.50", "/min", at), true);

    assertThat(committed() - before).isEqualTo(1);
    assertThat(fast.statusCode()).isEqualTo(201);
    assertThat(plain(fast.body(), one)).isEqualTo(plain(usual.body(), other));
    assertThat(headers(fast)).isEqualTo(headers(usual));
    String location = fast.headers().firstValue("Location").orElseThrow();
    String again =
        server
            .fhirGet(location.substring(location.indexOf("Observation/")), hospital.admin())
            .body();
    assertThat(again).isEqualTo(fast.body());
  }

  /** Hazard: a reading that one way refuses and the other takes, or that they store differently. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  @Tag("safety")
  void acceptAndRefuseAlike(int seed) {
    Random random = new Random(seed);
    Bedside one = hospital.admit();
    Bedside other = hospital.admit();
    Bedside stranger = hospital.admit();
    double before = committed();
    int accepted = 0;
    for (int i = 0; i < 60; i++) {
      List<Odd> entries = new ArrayList<>();
      int size = 1 + random.nextInt(4);
      for (int n = 0; n < size; n++) {
        entries.add(odd(random, seed + "-" + i + "-" + n, i < 10));
      }
      String toOne = bundle(entries.stream().map(odd -> odd.entry("f", one, stranger)).toList());
      String toOther =
          bundle(entries.stream().map(odd -> odd.entry("u", other, stranger)).toList());

      HttpResponse<String> fast = post("", toOne, false);
      HttpResponse<String> usual = post("", toOther, true);

      assertThat(fast.statusCode()).as(toOne).isEqualTo(usual.statusCode());
      assertThat(plain(fast.body(), one)).as(toOne).isEqualTo(plain(usual.body(), other));
      accepted += fast.statusCode() == 200 ? 1 : 0;
    }
    assertThat(stored(one)).isEqualTo(stored(other)).isNotEmpty();
    assertThat(rows(one)).isEqualTo(rows(other));
    assertThat(signals(one)).isEqualTo(signals(other));
    assertThat(accepted).isGreaterThan(20);
    assertThat(committed() - before).as("taken the short way").isGreaterThan(10);
    assertThat(new ChainVerifier(server.bean(DataSource.class)).verify().broken()).isEmpty();
  }

  /** What may stand in an entry, the same for both. */
  private record Odd(
      String identifier,
      String code,
      String value,
      String unit,
      String at,
      String before,
      String after,
      boolean conditional,
      boolean ofStranger,
      String spaces) {

    String entry(String prefix, Bedside bed, Bedside stranger) {
      String id = prefix + identifier;
      Bedside who = ofStranger ? new Bedside(bed.patient(), stranger.device()) : bed;
      String json = observation(who, id, code, value, unit, at, before, after);
      return FastAndUsualWayTest.entry(
          json.replace(",\"status\"", "," + spaces + "\"status\""),
          conditional ? "identifier=urn:fast|" + id : null);
    }
  }

  private Odd odd(Random random, String number, boolean plain) {
    Instant at = now.minusSeconds(random.nextInt(5_000)).plusMillis(random.nextInt(1_000));
    String seconds = at.truncatedTo(ChronoUnit.SECONDS).toString();
    List<String> codes = List.of("8867-4", "59408-5", "9279-1", "2339-0");
    int kind = random.nextInt(codes.size());
    String unit = List.of("/min", "%", "/min", "mg/dL").get(kind);
    String value = List.of("72", "97.5", "16", "104.50").get(kind);
    String identifier = number;
    String time = seconds;
    String before = "";
    String after = "";
    String spaces = "";
    boolean stranger = false;
    switch (plain ? random.nextInt(4) : random.nextInt(40)) {
      case 0 -> value = value + "0";
      case 1 -> time = at.toString();
      case 2 -> time = seconds.replace("Z", "+00:00");
      case 3 -> value = "80";
      case 4 -> value = "9000";
      case 5 -> value = "1e2";
      case 6 -> value = "-0";
      case 7 -> value = "\"80\"";
      case 8 -> time = "2026-03-01";
      case 9 -> time = "2026-13-01T00:00:00Z";
      case 10 -> time = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS).toString();
      case 11 -> time = "1990-01-01T12:00:00-07:00";
      case 12 -> unit = "mmol/L";
      case 13 -> stranger = true;
      case 14 -> identifier = "again";
      case 15 -> before = "\"id\":\"mine\",";
      case 16 -> before = "\"language\":\"en\",";
      case 17 -> after = ",\"note\":[{\"text\":\"n" + number + "\"}]";
      case 18 -> after = ",\"unknown\":1";
      case 19 -> after = ",\"issued\":\"" + at + "\"";
      case 20 -> spaces = " \n ";
      case 21 -> before = "\"meta\":{\"tag\":[{\"system\":\"urn:t\",\"code\":\"x\"}]},";
      case 22 -> identifier = number + "\\u00e9";
      case 23 -> value = "0.000";
      case 24 -> after = ",\"referenceRange\":[{\"low\":{\"value\":1.50}}]";
      case 25 -> after = ",\"dataAbsentReason\":{\"text\":\"no\"}";
      case 26 -> time = seconds.replace("Z", "+05:30");
      case 27 -> before = "\"text\":{\"status\":\"generated\",\"div\":\"<div>x</div>\"},";
      case 28 -> after = ",\"performer\":[{\"display\":\"somebody\"}]";
      case 29 -> before = "\"status\":\"entered-in-error\",";
      case 30 -> after = gateway("Device/gateway-" + number);
      case 32 -> after = ",\"performer\":[{\"reference\":\"Practitioner/none\"}]";
      case 33 -> after = ",\"valueString\":\"two " + number + "\"";
      case 34 -> after = ",\"specimen\":{\"display\":\"  spaces \"}";
      case 35 -> after = ",\"note\":[{\"text\":\"<b>n" + number + "</b>\"}]";
      case 31 -> after = gateway("urn:uuid:0d0e1c5e-7a3f-4f0f-9b57-0d7f1d1f2a01");
      default -> {
        // As it is.
      }
    }
    return new Odd(
        identifier,
        codes.get(kind),
        value,
        unit,
        time,
        before,
        after,
        random.nextInt(3) == 0,
        stranger,
        spaces);
  }

  /** Without what differs from one request to the next. */
  private static String plain(String body, Bedside bed) {
    String text =
        body.replace(bed.patient(), "Patient/p")
            .replace(bed.device(), "Device/d")
            .replaceAll("\"id\":\"[^\"]+\"", "\"id\":\"i\"")
            .replaceAll("\"(lastModified|lastUpdated)\":\"[^\"]+\"", "\"$1\":\"t\"")
            .replaceAll("\"source\":\"#[^\"]+\"", "\"source\":\"s\"")
            .replaceAll("Took [\\d,]+ms", "Took ms")
            .replaceAll("incident [0-9a-f-]+", "incident")
            .replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "uuid")
            .replaceAll("(\"value\":\"|urn:fast\\|)[fu](?=[-0-9a])", "$1")
            // HAPI says the version that it remembers, or the one that it looks up.
            .replaceAll("resource \\\\\"\\d+\\\\\"", "resource");
    Matcher ids = ID.matcher(text);
    Map<String, String> seen = new TreeMap<>();
    StringBuilder plain = new StringBuilder();
    while (ids.find()) {
      ids.appendReplacement(
          plain, seen.computeIfAbsent(ids.group(), id -> "o" + (seen.size() + 1)));
    }
    return ids.appendTail(plain).toString();
  }

  private static Map<String, String> headers(HttpResponse<String> answer) {
    Map<String, String> headers = new TreeMap<>();
    answer
        .headers()
        .map()
        .forEach(
            (name, values) ->
                headers.put(
                    name,
                    List.of("content-length", "transfer-encoding").contains(name)
                        ? "body"
                        : values
                            .toString()
                            .replaceAll("/[^/]+(/_history/1)?]", "/id]")
                            .replaceAll("\\d\\d:\\d\\d:\\d\\d", "t")
                            .replaceAll("^\\[\\w{16}]$", "id")));
    headers.remove("content-length");
    headers.remove("transfer-encoding");
    return headers;
  }

  /**
   * All Observations of a patient as a client sees them, in the order in which they were stored.
   */
  private List<String> stored(Bedside bed) {
    String all =
        server
            .fhirGet("Observation?_count=500&_sort=_id&subject=" + bed.patient(), hospital.admin())
            .body();
    List<String> stored = new ArrayList<>();
    Matcher resources =
        Pattern.compile("\"resource\":(\\{.*?\\}),\"search\"", Pattern.DOTALL).matcher(all);
    while (resources.find()) {
      stored.add(plain(resources.group(1), bed));
    }
    return stored.stream().sorted().collect(Collectors.toList());
  }

  private List<String> rows(Bedside bed) {
    return jdbc.sql(
            """
            select row_to_json(o)::jsonb - 'place' - 'patient' - 'device' - 'leaves' - 'identifier'
              - 'updated_at' - 'sequence' - 'rare'
            from telemetry.observation as o
            join telemetry.target as t on t.number = o.patient
            where 'Patient/' || t.id = :patient order by 1
            """)
        .param("patient", bed.patient())
        .query(String.class)
        .list();
  }

  /** What searches find in rows beside those of a patient's Observations. */
  private List<String> beside(Bedside bed) {
    return jdbc.sql(
            """
            select row_to_json(e)::jsonb - 'place' as beside
            from telemetry.observation_entry as e
            where place in (select o.place from telemetry.observation as o
              join telemetry.target as t on t.number = o.patient
              where 'Patient/' || t.id = :patient)
            union all
            select row_to_json(l)::jsonb - 'place'
            from telemetry.observation_link as l
            where place in (select o.place from telemetry.observation as o
              join telemetry.target as t on t.number = o.patient
              where 'Patient/' || t.id = :patient)
            order by 1
            """)
        .param("patient", bed.patient())
        .query(String.class)
        .list();
  }

  private String created(String type) {
    String body = post(type, "{\"resourceType\":\"" + type + "\"}", true).body();
    Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(body);
    assertThat(id.find()).isTrue();
    return type + "/" + id.group(1);
  }

  private List<String> signals(Bedside bed) {
    return jdbc.sql(
            """
            select metric || ' ' || measured_at || ' ' || (device_id = :device)
            from telemetry.signal where tenant_id = 'demo' and patient_id = :patient order by 1
            """)
        .param("patient", bed.patient().substring("Patient/".length()))
        .param("device", bed.device().substring("Device/".length()))
        .query(String.class)
        .list();
  }

  private List<String> events(long after) {
    return log.read(after, 100).stream()
        .filter(event -> event.tenant().equals(DEMO))
        .filter(event -> event.event() instanceof ResourcesWritten)
        .filter(event -> event.source().door().equals("fhir"))
        .map(
            event -> {
              ResourcesWritten written = (ResourcesWritten) event.event();
              return event.source()
                  + written.changes().stream()
                      .map(
                          change ->
                              change.action()
                                  + " "
                                  + change.version()
                                  + change.person().isPresent()
                                  + change.content().orElseThrow().template())
                      .sorted()
                      .toList()
                      .toString()
                  + written.readings().stream()
                      .map(
                          reading ->
                              reading.metric()
                                  + " "
                                  + reading.measuredAt()
                                  + reading.quality()
                                  + ((dev.vigil.core.Quantity) reading.value()).value())
                      .sorted()
                      .toList();
            })
        .toList();
  }
}
