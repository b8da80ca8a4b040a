package dev.vigil.server.direct;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.IPreResourceShowDetails;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;

/** The same requests by both ways: a header that HAPI ignores sends one the usual way. */
class DirectAndUsualWayTest {

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Pattern BUNDLE = Pattern.compile("\\{\\s*\"resourceType\":\\s*\"Bundle\"");
  private static final Pattern BUNDLE_TIME =
      Pattern.compile(
          "^(\\{\\s*\"resourceType\"\\s*:\\s*\"Bundle\"[^}]*\"lastUpdated\"\\s*:\\s*\")[^\"]*");
  private static final Pattern NEXT = Pattern.compile("\"next\",\"url\":\"([^\"]+)\"");
  private static final Pattern SHOWN =
      Pattern.compile("\"resource\":\\{\"resourceType\":\"Observation\",\"id\":\"([^\"]+)\"");

  private final Hospital hospital = new Hospital();
  private final VigilServer server = hospital.server();
  private final Bedside bed = hospital.admit();
  private final Instant begin = Instant.now().minusSeconds(7_200).truncatedTo(ChronoUnit.SECONDS);

  private Answer ask(String path, String token, boolean usual) {
    HttpRequest.Builder request = server.fhirRequest(path, token);
    if (usual) {
      request.header("X-By-The-Usual-Way", "1");
    }
    return hospital.send(request.GET());
  }

  private double direct() {
    return server
        .bean(MeterRegistry.class)
        .counter("vigil.read.direct", "outcome", "answered")
        .count();
  }

  /** Both answers are the same, and the first one went the way that was expected. */
  private void same(String path, String token, boolean byDoor) {
    double before = direct();
    Answer direct = ask(path, token, false);
    assertThat(direct() - before).as(path).isEqualTo(byDoor ? 1 : 0);
    Answer usual = ask(path, token, true);
    assertThat(direct() - before).as(path).isEqualTo(byDoor ? 1 : 0);
    assertThat(direct.status()).as(path).isEqualTo(usual.status());
    assertThat(plain(direct)).as(path).isEqualTo(plain(usual));
    assertThat(headers(direct)).as(path).isEqualTo(headers(usual));
  }

  private void same(String path, boolean byDoor) {
    same(path, hospital.admin(), byDoor);
  }

  /** Without the names that a search is given, and the time it began. */
  private String plain(Answer answer) {
    String text = BUNDLE_TIME.matcher(answer.body()).replaceFirst("$1T");
    return withoutSearch(text);
  }

  private String withoutSearch(String text) {
    String patient = bed.patient().substring("Patient/".length());
    String device = bed.device().substring("Device/".length());
    return UUID.matcher(text.replace(patient, "PATIENT").replace(device, "DEVICE"))
        .replaceAll("UUID");
  }

  private Map<String, List<String>> headers(Answer answer) {
    Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
    assertThat(headers.remove("x-request-id").get(0)).hasSize(16);
    headers.remove("date");
    headers.remove("connection"); // Tomcat closes one after some requests.
    if (BUNDLE.matcher(answer.body()).lookingAt()) { // It may be indented.
      assertThat(headers.remove("last-modified")).hasSize(1);
    }
    headers.replaceAll((name, values) -> values.stream().map(this::withoutSearch).toList());
    return headers;
  }

  private static String url(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private List<String> record(int count) {
    Resource[] readings = new Resource[count];
    for (int i = 0; i < count; i++) {
      Instant at = begin.plusSeconds(60L * i);
      readings[i] =
          switch (i % 3) {
            case 0 -> bed.heartRate(60 + i + ".50", at);
            case 1 -> bed.spo2("9" + i % 10, at);
            default -> bed.pressure("120", "8" + i % 10, at);
          };
    }
    return hospital.record(readings);
  }

  private String post(String more) {
    String body =
        """
        {"resourceType":"Observation",%s"status":"final","code":{"coding":[{"system":"urn:direct",\
        "code":"note"}]},"subject":{"reference":"%s"}}"""
            .formatted(more, bed.patient());
    Answer answer = hospital.send("POST", "Observation", body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.resource(Observation.class).getIdElement().getIdPart();
  }

  @Test
  void readAlike() {
    for (String id : record(6)) {
      same("Observation/" + id, true);
    }
    List<String> plain =
        List.of(
            "\"effectivePeriod\":{\"start\":\"2024-01-01\",\"end\":\"2024-02\"},",
            "\"valueString\":\"a \\\"quoted\\\" \\\\ \\n\\t line <b>&amp; \\u00e9\\u20ac\\ud83d\\ude00\",",
            "\"valueQuantity\":{\"value\":6.30,\"comparator\":\"<\",\"unit\":\"mg\"},",
            "\"valueQuantity\":{\"value\":1E-5},",
            "\"meta\":{\"profile\":[\"urn:direct:profile\"],\"tag\":[{\"system\":\"urn:t\",\"code\":\"x\"}]},",
            "\"meta\":{\"security\":[{\"system\":\"urn:s\",\"code\":\"y\"}]},",
            "\"meta\":{\"source\":\"urn:direct:source\"},",
            "\"language\":\"de\",\"note\":[{\"text\":\"first\"},{\"text\":\"second\"}],",
            "\"extension\":[{\"url\":\"urn:e\",\"valueDecimal\":1.10}],",
            "\"performer\":[{\"reference\":\"http://elsewhere.example/fhir/Practitioner/1\"}],",
            "\"issued\":\"2024-05-05T01:02:03.123+02:00\",\"_valueInteger\":{\"extension\":[{\"url\":\"urn:n\",\"valueCode\":\"u\"}]},");
    for (String more : plain) {
      same("Observation/" + post(more), true);
    }
    List<String> odd =
        List.of(
            "\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">x</div>\"},",
            "\"contained\":[{\"resourceType\":\"Specimen\",\"id\":\"s\"}],\"specimen\":{\"reference\":\"#s\"},");
    for (String more : odd) {
      same("Observation/" + post(more), false);
    }
  }

  @Test
  void readAlikeWhatChangedMovedOrWent() {
    List<String> ids = record(3);
    var moved = hospital.get("Observation/" + ids.get(0)).resource(Observation.class);
    moved.setEffective(new DateTimeType("2019-03-04T05:06:07Z"));
    assertThat(hospital.put("Observation/" + ids.get(0), moved).status()).isEqualTo(200);
    same("Observation/" + ids.get(0), true);
    assertThat(hospital.send("DELETE", "Observation/" + ids.get(1), null).status()).isEqualTo(200);
    same("Observation/" + ids.get(1), false);
    same("Observation/o0cwx8zzzzzzzz", false);
    same("Observation/no-such-id", false);
    same("Observation/" + ids.get(2) + "?_summary=true", false);
    same("Observation/" + ids.get(2) + "?_elements=status", false);
    same("Observation/" + ids.get(2) + "/_history/1", false);
    same("Observation?patient=" + bed.patient() + "&_sort=-date&_count=10", true);
  }

  @Test
  void searchAlike() {
    record(40);
    String patient = "Observation?patient=" + bed.patient();
    String id = bed.patient().substring("Patient/".length());
    String from = url(begin.plusSeconds(300).toString());
    String to = url(begin.plusSeconds(900).toString());
    List<String> direct =
        List.of(
            patient + "&_count=100",
            patient + "&_count=100&_sort=-date",
            patient + "&_count=100&_sort=date",
            patient + "&_count=5",
            patient + "&_count=5&_sort=-date",
            patient + "&_count=14&code=8867-4",
            patient + "&_count=13&code=8867-4&_sort=date",
            patient + "&_count=1&code=" + url("http://loinc.org|8867-4"),
            patient
                + "&code="
                + url("http://loinc.org|8867-4,http://loinc.org|59408-5")
                + "&_count=50",
            "Observation?patient=" + id + "&code=59408-5&_count=200&_sort=-date",
            patient + "&code=no-such-code",
            patient + "&code=" + url("|8867-4"),
            patient + "&code=" + url("http://loinc.org|") + "&_count=100",
            patient + "&status=final&_count=100",
            patient + "&status=amended",
            patient + "&date=ge" + from + "&date=lt" + to,
            patient + "&date=gt" + from + "&date=le" + to + "&code=8867-4&_sort=-date",
            patient + "&date=lt" + from,
            patient + "&category=vital-signs",
            patient + "&_summary=count",
            patient + "&code=8867-4&_summary=count",
            patient + "&code=no-such-code&_summary=count",
            patient + "&date=ge" + from + "&_summary=count",
            "Observation?patient=Patient/no-such-patient",
            "Observation?identifier=no-such-identifier");
    direct.forEach(path -> same(path, true));
    List<String> usual =
        List.of(
            patient,
            patient + "&_count=0",
            patient + "&_count=300",
            patient + "&_count=10&_offset=5",
            patient + "&_total=accurate&_count=5",
            patient + "&_sort=code&_count=10",
            patient + "&_include=Observation:subject&_count=3",
            patient + "&_elements=status&_count=3",
            patient + "&_pretty=true&_count=3",
            patient + "&_format=json&_count=3",
            patient + "&code:not=8867-4&_count=3",
            patient + "&date=2024",
            patient + "&date=ge" + from + "&date=gt" + to,
            patient + "&date=ge" + to + "&date=lt" + from,
            patient + "&value-quantity=gt1&_count=100",
            patient + "&no-such-parameter=1&_count=2",
            "Observation?patient.name=x",
            "Observation?code=8867-4&_count=1&_sort=-date&subject=" + bed.patient());
    usual.forEach(path -> same(path, false));
  }

  @Test
  void heedHeadersAlike() {
    String id = record(1).get(0);
    Map<String, Boolean> byDoor =
        Map.of(
            "Cache-Control: no-cache", true,
            "Cache-Control: no-store", false,
            "If-None-Match: W/\"1\"", false,
            "Prefer: handling=strict", false,
            "X-Request-ID: mine", false,
            "Accept-Encoding: gzip", true);
    byDoor.forEach(
        (header, expected) -> {
          String[] parts = header.split(": ");
          double before = direct();
          Answer answer =
              hospital.send(
                  server
                      .fhirRequest("Observation/" + id, hospital.admin())
                      .header(parts[0], parts[1])
                      .GET());
          assertThat(direct() - before).as(header).isEqualTo(expected ? 1 : 0);
          assertThat(answer.status()).as(header).isEqualTo(header.startsWith("If-") ? 304 : 200);
        });
  }

  @Test
  void theNewestOfEachCode() {
    List<String> ids = record(40);
    String path = "Observation/$lastn?patient=" + bed.patient();
    double before = direct();
    assertThat(walk(path, false)).isEqualTo(newest(ids, 39, 38, 37));
    assertThat(walk(path + "&max=2", false)).isEqualTo(newest(ids, 39, 36, 38, 35, 37, 34));
    assertThat(walk(path + "&max=2&code=8867-4,59408-5", false))
        .isEqualTo(newest(ids, 39, 36, 37, 34));
    assertThat(walk(path + "&max=1&category=vital-signs", false)).isEmpty();
    assertThat(direct() - before).isEqualTo(4);
    assertThat(walk(path + "&max=2&_count=4", false))
        .isEqualTo(newest(ids, 39, 36, 38, 35, 37, 34));
    assertThat(direct() - before).isEqualTo(5);
    Answer page = ask(path + "&max=2&_count=4", hospital.admin(), false);
    assertThat(page.bundle().getTotal()).isEqualTo(6);
    assertThat(page.headers().firstValue("Content-Location"))
        .contains(server.fhir() + "/Bundle/" + page.bundle().getIdElement().getIdPart());
    assertThat(page.bundle().getLink("self").getUrl())
        .isEqualTo(
            server.fhir() + "/Observation/$lastn?_count=4&max=2&patient=" + url(bed.patient()));
  }

  private static List<String> newest(List<String> ids, int... places) {
    return Arrays.stream(places).mapToObj(ids::get).toList();
  }

  @Test
  void findAlikeByIdentifier() {
    String id = record(1).get(0);
    var one = hospital.get("Observation/" + id).resource(Observation.class);
    String value = one.getIdentifierFirstRep().getValue();
    same("Observation?identifier=" + value, true);
    same("Observation?identifier=" + url(Hospital.SYSTEM + "|" + value), true);
    same("Observation?identifier=" + url("urn:other|" + value), true);
    assertThat(ask("Observation?identifier=" + value, hospital.admin(), false).body()).contains(id);
  }

  @Test
  void turnThePageAlike() {
    List<String> ids = record(37);
    String path = "Observation?patient=" + bed.patient() + "&_sort=-date&_count=10";
    double before = direct();
    List<String> direct = walk(path, false);
    assertThat(direct() - before).isEqualTo(1);
    assertThat(direct).isEqualTo(walk(path, true)).hasSize(37).containsAll(ids);
    String few = "Observation?patient=" + bed.patient() + "&code=8867-4&_sort=date&_count=5";
    assertThat(walk(few, false)).isEqualTo(walk(few, true)).hasSize(13);
  }

  private List<String> walk(String path, boolean usual) {
    List<String> ids = new ArrayList<>();
    String next = path;
    while (next != null) {
      Answer page = ask(next, hospital.admin(), usual);
      assertThat(page.status()).as(page.body()).isEqualTo(200);
      SHOWN.matcher(page.body()).results().forEach(found -> ids.add(found.group(1)));
      Matcher link = NEXT.matcher(page.body());
      next = link.find() ? link.group(1).replace(server.fhir(), "").replaceFirst("^/", "") : null;
    }
    return ids;
  }

  @Test
  void refuseAlike() {
    String id = record(1).get(0);
    String patient = "Observation?patient=" + bed.patient();
    for (String scope : List.of("system/Patient.rs", "system/Observation.c")) {
      String token = server.token("demo-admin", scope);
      same("Observation/" + id, token, false);
      same(patient, token, false);
      same(patient + "&_summary=count", token, false);
      same("Observation/$lastn?patient=" + bed.patient(), token, false);
    }
    String reader = server.token("demo-admin", "system/Observation.r");
    same("Observation/" + id, reader, true);
    same(patient + "&_count=2", reader, false);
    String searcher = server.token("demo-admin", "system/Observation.s");
    same("Observation/" + id, searcher, false);
    same(patient + "&_count=2", searcher, true);
    assertThat(ask("Observation/" + id, null, false).status()).isEqualTo(401);
  }

  @Test
  void leaveEverythingToHapiWhenAnInterceptorIsNotKnown() {
    String id = record(1).get(0);
    IInterceptorService interceptors = server.bean(IInterceptorService.class);
    Watch watch = new Watch();
    assertThat(server.bean(KnownInterceptors.class).unknown()).isEmpty();
    interceptors.registerInterceptor(watch);
    try {
      same("Observation/" + id, false);
      same("Observation?patient=" + bed.patient() + "&_count=2", false);
      assertThat(watch.shown).hasValue(4);
    } finally {
      interceptors.unregisterInterceptor(watch);
    }
    same("Observation/" + id, true);
  }

  /** As an audit of reads would be. */
  @Interceptor
  public static final class Watch {

    private final AtomicInteger shown = new AtomicInteger();

    /** Counts what is shown. */
    @Hook(Pointcut.STORAGE_PRESHOW_RESOURCES)
    public void show(IPreResourceShowDetails details) {
      shown.addAndGet(details.size());
    }
  }
}
