package dev.vigil.server.direct;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.Test;

/**
 * Hazard: readings of another person, or none, because a patient's id was taken for another number.
 */
class PatientsOfReadingsTest {

  private final Hospital hospital = new Hospital();
  private final VigilServer server = hospital.server();
  private final Bedside bed = hospital.admit();

  private String post(Bedside at) {
    Answer answer = hospital.post("Observation", at.heartRate("72", Instant.now()));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.resource(Observation.class).getIdElement().getIdPart();
  }

  /** By all three of the questions that name a patient, each by the short way. */
  private void has(String patient, int readings, String token) {
    double before = direct();
    assertThat(total("Observation?patient=" + patient + "&_count=20", token)).isEqualTo(readings);
    assertThat(total("Observation?patient=" + patient + "&_summary=count", token))
        .isEqualTo(readings);
    assertThat(total("Observation/$lastn?max=20&patient=" + patient, token)).isEqualTo(readings);
    assertThat(direct() - before).isEqualTo(3);
    assertThat(total("Observation?_count=20&subject=" + patient, token)).isEqualTo(readings);
  }

  private void has(String patient, int readings) {
    has(patient, readings, hospital.admin());
  }

  private int total(String path, String token) {
    Answer answer = hospital.send(server.fhirRequest(path, token).GET());
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.bundle().getTotal();
  }

  private double direct() {
    return server
        .bean(MeterRegistry.class)
        .counter("vigil.read.direct", "outcome", "answered")
        .count();
  }

  @Test
  void firstNoneAndThenSome() {
    has(bed.patient(), 0);
    post(bed);
    has(bed.patient(), 1);
    has(bed.patient().substring("Patient/".length()), 1);
    post(bed);
    has(bed.patient(), 2);
    Bedside other = hospital.admit();
    has(other.patient(), 0);
    post(other);
    has(other.patient(), 1);
    has(bed.patient(), 2);
    has("Patient/no-such-patient", 0);
    assertThat(total("Observation?_count=20&subject=" + bed.device(), hospital.admin())).isZero();
    assertThat(total("Observation?_count=20&device=" + bed.device(), hospital.admin()))
        .isEqualTo(2);
  }

  @Test
  void anotherTenantHasNone() {
    post(bed);
    has(bed.patient(), 1);
    has(bed.patient(), 0, server.token(VigilServer.OTHER_TENANT_CLIENT, ""));
    has(bed.patient(), 1);
  }

  @Test
  void aDeletedOneHasWhatIsLeft() {
    String reading = post(bed);
    has(bed.patient(), 1);
    assertThat(hospital.send("DELETE", "Observation/" + reading, null).status()).isEqualTo(200);
    takeDeviceOff();
    assertThat(hospital.send("DELETE", bed.patient(), null).status()).isEqualTo(200);
    has(bed.patient(), 0);
  }

  private void takeDeviceOff() {
    Device off = hospital.get(bed.device()).resource(Device.class);
    off.setPatient(null);
    assertThat(hospital.put(bed.device(), off).status()).isEqualTo(200);
  }

  @Test
  void anErasedOneHasNone() {
    post(bed);
    has(bed.patient(), 1);
    takeDeviceOff();
    String id = bed.patient().substring("Patient/".length());
    Parameters confirmed = new Parameters();
    confirmed.addParameter("confirm", new StringType(id));
    Answer erased = hospital.post(bed.patient() + "/$erase", confirmed);
    assertThat(erased.status()).as(erased.body()).isBetween(200, 202);
    Hospital.eventually(
        () -> total("Observation?_count=20&subject=" + bed.patient(), hospital.admin()) == 0);
    has(bed.patient(), 0);
  }
}
