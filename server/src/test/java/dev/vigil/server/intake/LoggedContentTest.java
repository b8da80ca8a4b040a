package dev.vigil.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.PatientId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Stored;
import dev.vigil.core.event.ResourceContent;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LoggedEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.Test;

/** What the log keeps of resources: enough to build every projection again. */
class LoggedContentTest {

  private final Hospital hospital = new Hospital();
  private final EventLog log = VigilServer.get().bean(EventLog.class);

  @Test
  void holdsWhatAReadingSaysAndWhoseItIs() {
    Bedside bed = hospital.admit();
    long before = log.head();
    String at =
        hospital
            .post(
                Bedside.posting(
                    BundleType.TRANSACTION, bed.heartRate("71.50", Instant.now().minusSeconds(60))))
            .entryLocations()
            .get(0);

    ResourceChange change = only(before, "Observation");

    assertThat("Observation/" + change.id()).isEqualTo(at);
    assertThat(change.person()).contains(patient(bed));
    assertThat(json(change))
        .startsWith("{\"resourceType\":\"Observation\"")
        .contains("\"value\":71.50", bed.patient(), bed.device())
        .doesNotContain("versionId", "lastUpdated", change.id());
    assertThat(change.content().map(ResourceContent::template).orElseThrow())
        .doesNotContain(bed.patient(), "71.50");
  }

  @Test
  void holdsAnyResourceOfAPatientsCompartment() {
    Bedside bed = hospital.admit();
    long before = log.head();
    Condition condition = new Condition().setSubject(new Reference(bed.patient()));
    condition.getCode().setText("marker");

    String at = created(hospital.post("Condition", condition));
    ResourceChange first = only(before, "Condition");
    assertThat(hospital.send("DELETE", at, "").status()).isLessThan(300);
    ResourceChange deleted = only(log.head() - 1, "Condition");

    assertThat(first.person()).contains(patient(bed));
    assertThat(json(first)).contains("marker").doesNotContain("lastUpdated", first.id());
    assertThat(deleted.action()).isEqualTo(ResourceChange.Action.DELETED);
    assertThat(deleted.person()).contains(patient(bed));
    assertThat(deleted.content()).isEmpty();
  }

  @Test
  void holdsTheNextVersionToo() {
    Bedside bed = hospital.admit();
    String at =
        created(hospital.post("Observation", bed.heartRate("71", Instant.now().minusSeconds(60))));
    long before = log.head();
    Observation corrected = hospital.get(at).resource(Observation.class);
    corrected.getValueQuantity().setValue(72);
    assertThat(hospital.put(at, corrected).status()).isEqualTo(200);

    ResourceChange change = only(before, "Observation");

    assertThat(change.version()).isEqualTo(2);
    assertThat(json(change)).contains("\"value\":72");
  }

  @Test
  void holdsWhenEachVersionWasWrittenAndByWhichKeyItIsStored() {
    Bedside bed = hospital.admit();
    String at = "Observation/mine-" + System.nanoTime();
    Observation mine = bed.heartRate("71", Instant.now().minusSeconds(60));
    mine.setId(at);
    long before = log.head();
    assertThat(hospital.put(at, mine).status()).isEqualTo(201);
    Stored written = only(before, "Observation").stored().orElseThrow();
    Observation read = hospital.get(at).resource(Observation.class);
    before = log.head();
    assertThat(hospital.send("DELETE", at, "").status()).isLessThan(300);
    Stored deleted = only(before, "Observation").stored().orElseThrow();

    assertThat(written.at()).isEqualTo(read.getMeta().getLastUpdated().toInstant());
    assertThat(written.key()).isPresent().isEqualTo(deleted.key());
    assertThat(deleted.at()).isAfterOrEqualTo(written.at());

    before = log.head();
    hospital.post(
        Bedside.posting(
            BundleType.TRANSACTION, bed.heartRate("72", Instant.now().minusSeconds(50))));
    assertThat(only(before, "Observation").stored().orElseThrow().key()).isEmpty();
  }

  private static String created(Answer answer) {
    assertThat(answer.status()).isEqualTo(201);
    return new IdType(answer.headers().firstValue("Location").orElseThrow())
        .toUnqualifiedVersionless()
        .getValue();
  }

  private ResourceChange only(long after, String type) {
    List<ResourceChange> changes =
        log.read(after, 100).stream()
            .map(LoggedEvent::event)
            .filter(ResourcesWritten.class::isInstance)
            .flatMap(event -> ((ResourcesWritten) event).changes().stream())
            .filter(change -> change.type().equals(type))
            .toList();
    assertThat(changes).hasSize(1);
    return changes.get(0);
  }

  private static String json(ResourceChange change) {
    return Optional.of(change).flatMap(ResourceChange::content).orElseThrow().json();
  }

  private static PatientId patient(Bedside bed) {
    return new PatientId(bed.patient().substring("Patient/".length()));
  }
}
