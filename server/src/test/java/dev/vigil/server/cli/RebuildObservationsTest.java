package dev.vigil.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.observation.ObservationRebuild;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Annotation;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Timing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Hazard: a rebuild beside a serving server that loses or changes an Observation. */
@Tag("safety")
class RebuildObservationsTest {

  private final Hospital hospital = new Hospital();
  private final DataSource dataSource = VigilServer.get().bean(DataSource.class);
  private final JdbcClient jdbc = JdbcClient.create(dataSource);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  /** What came by every door, whichever tests ran before, is written as the log says. */
  @Test
  void findsEveryRowAsTheServerWroteIt() {
    Map<String, String> stored = fill();
    long living = jdbc.sql("select count(*) from telemetry.observation").query(Long.class).single();

    ObservationRebuild.Result result = rebuild();

    assertThat(result.repaired()).isZero();
    assertThat(result.busy()).isZero();
    assertThat(result.rows().same()).isTrue();
    assertThat(result.untold()).isLessThan(living);
    assertThat(read(stored.keySet().stream().toList())).isEqualTo(stored);
  }

  @Test
  void answersTheSameAfterRowsWereLost() {
    Map<String, String> stored = fill();
    ObservationRebuild.Result sound = rebuild();
    List<String> searches = new ArrayList<>();
    stored.forEach(
        (url, body) -> {
          if (!url.contains("_history") && body.startsWith("{")) {
            searches.add("Observation?_id=" + new IdType(url).getIdPart());
          }
        });
    for (String table :
        List.of(
            "observation",
            "observation_version",
            "observation_place",
            "observation_entry",
            "observation_link")) {
      jdbc.sql("delete from telemetry." + table).update();
    }
    assertThat(hospital.count(searches.get(0))).isZero();

    ObservationRebuild.Result result = rebuild();

    assertThat(result.repaired()).isGreaterThanOrEqualTo(stored.keySet().size() / 2);
    assertThat(result.rows().after()).isEqualTo(sound.rows().after());
    assertThat(read(stored.keySet().stream().toList())).isEqualTo(stored);
    searches.forEach(search -> assertThat(hospital.count(search)).as(search).isEqualTo(1));
  }

  private ObservationRebuild.Result rebuild() {
    return RebuildCommand.observations(
            dataSource,
            new DataSourceTransactionManager(dataSource),
            VigilServer.get().bean(EventLog.class))
        .rebuild((done, total) -> {});
  }

  /** What is read back, by address. */
  private Map<String, String> fill() {
    Bedside bed = hospital.admit();
    List<String> written = new ArrayList<>();
    Answer bundle =
        hospital.post(
            Bedside.posting(
                BundleType.TRANSACTION,
                bed.heartRate("71.50", now.minusSeconds(60)),
                bed.pressure("120", "80", now.minusSeconds(50)),
                bed.glucose("110", now.minus(Duration.ofDays(40)))));
    assertThat(bundle.status()).as(bundle.body()).isEqualTo(200);
    written.addAll(bundle.entryLocations());
    String corrected = created(bed.heartRate("72", now.minusSeconds(40)));
    Observation correction = hospital.get(corrected).resource(Observation.class);
    correction.getValueQuantity().setValue(73);
    correction.setEffective(new DateTimeType("2026-01-02T03:04:05+01:00"));
    correction.addNote(new Annotation().setText("a narrative of its own"));
    assertThat(hospital.put(corrected, correction).status()).isEqualTo(200);
    written.add(corrected);
    written.add(corrected + "/_history/1");
    String practitioner = location(hospital.post("Practitioner", new Practitioner()));
    Observation text = new Observation();
    text.setStatus(Observation.ObservationStatus.FINAL);
    text.getMeta().addTag("urn:t", "a", null).setSource("urn:source");
    text.getCode().setText("seen").addCoding().setSystem("urn:c").setCode("c");
    text.setValue(new StringType("a text"));
    text.setSubject(new Reference(bed.patient()));
    text.addPerformer(new Reference(practitioner));
    text.addHasMember(new Reference(corrected));
    text.addDerivedFrom(new Reference("http://elsewhere.example/fhir/Observation/1"));
    text.addComponent().setValue(new StringType("part")).getCode().setText("c1");
    String mine = "Observation/rebuilt-" + System.nanoTime();
    text.setId(mine);
    assertThat(hospital.put(mine, text).status()).isEqualTo(201);
    written.add(mine);
    Observation member = text.copy();
    member.setId((String) null);
    member.setHasMember(List.of(new Reference(mine)));
    member.setEffective(new Period().setStartElement(new DateTimeType("2025-01-01T00:00:00Z")));
    written.add(created(member));
    member.setEffective(new Timing().addEvent(DateTimeType.parseV3("20250101").getValue()));
    written.add(created(member));
    String gone = created(bed.heartRate("74", now.minusSeconds(30)));
    assertThat(hospital.send("DELETE", gone, "").status()).isLessThan(300);
    written.add(gone);
    written.add(gone + "/_history/1");
    return read(written);
  }

  private Map<String, String> read(List<String> urls) {
    Map<String, String> bodies = new LinkedHashMap<>();
    for (String url : urls) {
      Answer answer = hospital.get(url);
      bodies.put(url, answer.status() == 200 ? answer.body() : "" + answer.status());
    }
    return bodies;
  }

  private String created(Observation observation) {
    return location(hospital.post("Observation", observation));
  }

  private static String location(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return new IdType(answer.headers().firstValue("Location").orElseThrow())
        .toUnqualifiedVersionless()
        .getValue();
  }
}
