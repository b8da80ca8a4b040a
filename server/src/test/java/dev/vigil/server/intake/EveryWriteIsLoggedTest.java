package dev.vigil.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LoggedEvent;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Basic;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Organization;
import org.junit.jupiter.api.Test;

/** Whatever way a resource of either store is written or deleted, the log tells it once. */
class EveryWriteIsLoggedTest {

  private final Hospital hospital = new Hospital();
  private final EventLog log = hospital.server().bean(EventLog.class);

  @Test
  void byAnIdOfTheServer() {
    String id = idOf(hospital.post("Organization", organization(mark())));
    Organization changed = organization(mark());
    changed.setId(id);
    hospital.put("Organization/" + id, changed);
    patch("Organization/" + id);
    hospital.send("DELETE", "Organization/" + id, null);

    assertThat(told("Organization", id))
        .containsExactly("CREATED 1", "UPDATED 2", "UPDATED 3", "DELETED 4");
  }

  @Test
  void byConditions() {
    String mark = mark();
    String query = "Organization?identifier=" + Hospital.SYSTEM + "%7C" + mark;
    String id = idOf(hospital.put(query, organization(mark)));
    Organization changed = organization(mark);
    changed.setName("Ward");
    hospital.put(query, changed);
    patch(query);
    Answer deleted = hospital.send("DELETE", query, null);

    assertThat(deleted.status()).as(deleted.body()).isIn(200, 204);
    assertThat(hospital.get("Organization/" + id).status()).isEqualTo(410);
    assertThat(told("Organization", id))
        .containsExactly("CREATED 1", "UPDATED 2", "UPDATED 3", "DELETED 4");
  }

  @Test
  void inATransaction() {
    String mark = mark();
    String byId = idOf(hospital.post("Organization", organization(mark())));
    String byCondition = idOf(hospital.post("Organization", organization(mark)));
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    delete(bundle, "Organization/" + byId);
    delete(bundle, "Organization?identifier=" + Hospital.SYSTEM + "|" + mark);

    Answer answer = hospital.post(bundle);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(told("Organization", byId)).containsExactly("CREATED 1", "DELETED 2");
    assertThat(told("Organization", byCondition)).containsExactly("CREATED 1", "DELETED 2");
  }

  @Test
  void ofObservationsByConditions() {
    Bedside bed = hospital.admit();
    Observation reading = bed.heartRate("72", Instant.now());
    String id = idOf(hospital.post("Observation", reading));

    Answer deleted =
        hospital.send(
            "DELETE",
            "Observation?identifier="
                + Hospital.SYSTEM
                + "%7C"
                + reading.getIdentifierFirstRep().getValue(),
            null);

    assertThat(deleted.status()).as(deleted.body()).isIn(200, 204);
    assertThat(told("Observation", id)).containsExactly("CREATED 1", "DELETED 2");
  }

  @Test
  void ofADeletedDeviceNobodyHasItAnyMore() {
    Bedside bed = hospital.admit();
    Device device = hospital.get(bed.device()).resource(Device.class);
    String query =
        "Device?identifier=" + Hospital.SYSTEM + "%7C" + device.getIdentifierFirstRep().getValue();

    Answer deleted = hospital.send("DELETE", query, null);
    assertThat(deleted.status()).as(deleted.body()).isIn(200, 204);

    assertThat(told("Device", bed.device().substring("Device/".length())))
        .containsExactly("CREATED 1", "DELETED 2");
  }

  @Test
  void anUndeletedOneToo() {
    String id = mark();
    Basic basic = new Basic();
    basic.setId(id);
    hospital.put("Basic/" + id, basic);
    hospital.send("DELETE", "Basic/" + id, null);
    hospital.put("Basic/" + id, basic);

    assertThat(told("Basic", id)).hasSize(3).element(1).isEqualTo("DELETED 2");
  }

  private static void delete(Bundle bundle, String url) {
    bundle.addEntry().getRequest().setMethod(HTTPVerb.DELETE).setUrl(url);
  }

  private void patch(String path) {
    Answer answer =
        hospital.send(
            hospital
                .server()
                .fhirRequest(path, hospital.admin())
                .setHeader("Content-Type", "application/json-patch+json")
                .method(
                    "PATCH",
                    BodyPublishers.ofString(
                        "[{\"op\":\"add\",\"path\":\"/active\",\"value\":true}]")));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static Organization organization(String mark) {
    return new Organization().addIdentifier(Hospital.identifier(mark));
  }

  private static String mark() {
    return UUID.randomUUID().toString();
  }

  private static String idOf(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    IBaseResource created = FhirContext.forR4Cached().newJsonParser().parseResource(answer.body());
    return created.getIdElement().getIdPart();
  }

  /** What the log tells of a resource, in order. */
  private List<String> told(String type, String id) {
    List<String> actions = new ArrayList<>();
    long after = 0;
    List<LoggedEvent> events = log.read(after, 1_000);
    while (!events.isEmpty()) {
      for (LoggedEvent event : events) {
        if (event.event() instanceof ResourcesWritten written) {
          written.changes().stream()
              .filter(change -> change.type().equals(type) && change.id().equals(id))
              .map(change -> change.action() + " " + change.version())
              .forEach(actions::add);
        }
        after = event.sequence();
      }
      events = log.read(after, 1_000);
    }
    return actions;
  }
}
