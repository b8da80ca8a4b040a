package dev.vigil.server.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.ChainVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Group;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Task;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Hazard: a person that is not erased, or somebody else's data that goes with theirs. */
@Tag("safety")
class EraseOperationTest {

  private final Hospital hospital = new Hospital();
  private final DataSource dataSource = VigilServer.get().bean(DataSource.class);
  private final JdbcClient jdbc = JdbcClient.create(dataSource);
  private final Bedside bed = hospital.admit();
  private final String id = bed.patient().substring("Patient/".length());

  private Answer erase(String confirm) {
    Parameters input = new Parameters();
    if (confirm != null) {
      input.addParameter("confirm", new StringType(confirm));
    }
    return hospital.post("Patient/" + id + "/$erase", input);
  }

  private String posted(String type, Resource resource) {
    Answer answer = hospital.post(type, resource);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    String location = answer.headers().firstValue("Location").orElseThrow();
    return location.replaceFirst(".*/fhir/", "").replaceFirst("/_history.*", "");
  }

  private void takeDeviceOff() {
    String device = bed.device();
    Device off = hospital.get(device).resource(Device.class);
    off.setPatient(null);
    assertThat(hospital.put(device, off).status()).isEqualTo(200);
  }

  private long rows(String sql) {
    return jdbc.sql("select count(*) from " + sql).param("id", id).query(Long.class).single();
  }

  @Test
  void takesAwayEverythingOfThePersonAndTheChainStillVerifies() {
    String surname = "Marker" + UUID.randomUUID();
    Patient named = hospital.get(bed.patient()).resource(Patient.class);
    named.addName(new HumanName().setFamily(surname));
    assertThat(hospital.put(bed.patient(), named).status()).isEqualTo(200);
    Condition condition = new Condition();
    condition.setSubject(new Reference(bed.patient()));
    condition.getCode().setText(surname);
    String stored = posted("Condition", condition);
    Task task = new Task();
    task.setFor(new Reference(bed.patient())).setFocus(new Reference(stored));
    task.setStatus(Task.TaskStatus.REQUESTED).setIntent(Task.TaskIntent.ORDER);
    task.setDescription(surname);
    String duty = posted("Task", task);
    List<String> readings = new ArrayList<>();
    Instant now = Instant.now();
    for (int i = 0; i < 5; i++) {
      readings.add(posted("Observation", bed.impedance("199", now.minus(Duration.ofDays(8L * i)))));
    }
    assertThat(hospital.put(readings.get(4), impedance(readings.get(4), now)).status())
        .isEqualTo(200);
    hospital.alerts(bed.patient(), 1);
    Bedside neighbour = hospital.admit();
    String other = posted("Observation", neighbour.heartRate("72", now));
    takeDeviceOff();

    Answer erased = erase(id);

    assertThat(erased.status()).as(erased.body()).isEqualTo(200);
    Parameters answer = erased.resource(Parameters.class);
    assertThat(answer.getParameterValue("observations").primitiveValue()).isEqualTo("5");
    assertThat(hospital.get(bed.patient()).status()).isEqualTo(410);
    assertThat(hospital.get(bed.patient() + "/_history/1").status()).isIn(404, 410);
    for (String gone : List.of(stored, duty, readings.get(0), readings.get(4))) {
      assertThat(hospital.get(gone).status()).as(gone).isEqualTo(404);
      assertThat(hospital.get(gone + "/_history/1").status()).as(gone).isEqualTo(404);
    }
    assertThat(hospital.get(other).status()).isEqualTo(200);
    assertThat(rows("hapi.hfj_res_ver where res_text_vc like '%" + surname + "%' or :id = ''"))
        .isZero();
    assertThat(
            rows(
                "hapi.hfj_spidx_string where lower(sp_value_exact) like lower('%"
                    + surname
                    + "%') or :id = ''"))
        .isZero();
    for (String table :
        List.of(
            "telemetry.signal",
            "telemetry.reading_hour",
            "subscriptions.alert",
            "subscriptions.episode")) {
      Hospital.eventually(() -> rows(table + " where patient_id = :id") == 0);
    }
    assertThat(new ChainVerifier(dataSource).verify().broken()).isEmpty();
    assertThat(erase(id).status()).isEqualTo(409);
  }

  private org.hl7.fhir.r4.model.Observation impedance(String location, Instant now) {
    var corrected = bed.impedance("198", now.minus(Duration.ofDays(32)));
    corrected.setId(location.substring("Observation/".length()));
    return corrected;
  }

  @Test
  void refusesWhatComesLater() {
    takeDeviceOff();
    assertThat(erase(id).status()).isEqualTo(200);

    Answer reading = hospital.post("Observation", bed.heartRate("72", Instant.now()));
    assertThat(reading.status()).as(reading.body()).isIn(400, 422);
    assertThat(reading.body()).contains(bed.patient() + " is deleted", "Observation.subject");
    Patient again = new Patient();
    again.setId(id);
    Answer back = hospital.put(bed.patient(), again);
    assertThat(back.status()).as(back.body()).isEqualTo(409);
    assertThat(back.body()).contains("erased");
  }

  @Test
  void needsTheIdOnceMoreAndNobodyElseWhoRefersToThePerson() {
    assertThat(erase(null).status()).isEqualTo(422);
    assertThat(erase("somebody-else").status()).isEqualTo(422);
    assertThat(erase(id).body()).as("a device that is still assigned").contains(bed.device());
    takeDeviceOff();
    Group group = new Group().setType(Group.GroupType.PERSON).setActual(true);
    group.addMember().setEntity(new Reference(bed.patient()));
    String ward = posted("Group", group);
    Answer refused = erase(id);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body()).contains(ward);
    assertThat(hospital.get(bed.patient()).status()).isEqualTo(200);
  }

  @Test
  void needsAClientThatMayDeleteEverything() {
    VigilServer server = VigilServer.get();
    String body =
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"confirm\",\"valueString\":\""
            + id
            + "\"}]}";
    for (String scope : List.of("system/*.rs", "system/Patient.cruds system/Observation.cruds")) {
      assertThat(
              server
                  .fhirPost("Patient/" + id + "/$erase", body, server.token("demo-admin", scope))
                  .statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void goesWellWhileReadingsOfThePersonKeepComing() throws Exception {
    takeDeviceOff();
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService senders = Executors.newFixedThreadPool(3);
    List<Future<List<Integer>>> answers = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      answers.add(
          senders.submit(
              () -> {
                List<Integer> statuses = new ArrayList<>();
                while (!stop.get()) {
                  var text = new org.hl7.fhir.r4.model.Observation();
                  text.setStatus(org.hl7.fhir.r4.model.Observation.ObservationStatus.FINAL);
                  text.getCode().setText("note");
                  text.setSubject(new Reference(bed.patient()));
                  statuses.add(hospital.post("Observation", text).status());
                }
                return statuses;
              }));
    }
    Thread.sleep(500);
    assertThat(erase(id).status()).isEqualTo(200);
    Thread.sleep(300);
    stop.set(true);
    for (Future<List<Integer>> answer : answers) {
      List<Integer> statuses = answer.get(60, TimeUnit.SECONDS);
      assertThat(statuses).startsWith(201);
      assertThat(statuses.get(statuses.size() - 1)).isBetween(400, 422);
      assertThat(statuses).allMatch(status -> status == 201 || status < 500);
    }
    senders.shutdown();
    VigilServer.get().bean(dev.vigil.telemetry.erasure.ErasureSweep.class).sweep(() -> false);
    assertThat(hospital.count("Observation?code:text=note&subject=" + bed.patient())).isZero();
  }
}
