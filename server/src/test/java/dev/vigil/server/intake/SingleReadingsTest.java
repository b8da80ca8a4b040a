package dev.vigil.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.Reading;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LoggedEvent;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.DeviceMetric.DeviceMetricCategory;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Timing;
import org.junit.jupiter.api.Test;

/** Readings and metrics one by one, and whose they are. */
class SingleReadingsTest {

  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private static final String ASSIGNED_SINCE =
      "https://vigil.dev/fhir/StructureDefinition/assigned-since";

  private final Hospital hospital = new Hospital();

  @Test
  void aPostedReadingIsOneEventWithOneReading() {
    Bedside bed = hospital.admit();
    String id = id(hospital.post("Observation", bed.heartRate("72", NOW)));

    List<ResourcesWritten> events =
        events().stream()
            .map(LoggedEvent::event)
            .filter(ResourcesWritten.class::isInstance)
            .map(ResourcesWritten.class::cast)
            .filter(event -> event.changes().stream().anyMatch(change -> change.id().equals(id)))
            .toList();
    assertThat(events).hasSize(1);
    assertThat(events.get(0).changes()).hasSize(1);
    assertThat(events.get(0).readings()).hasSize(1);
    Reading reading = events.get(0).readings().get(0);
    assertThat("Patient/" + reading.patient().value()).isEqualTo(bed.patient());
    assertThat("Device/" + reading.device().value()).isEqualTo(bed.device());
    assertThat(reading.measuredAt()).isEqualTo(NOW);
  }

  @Test
  void aReadingIsPutAndCorrectedUnderAnIdOfTheClient() {
    Bedside bed = hospital.admit();
    String id = UUID.randomUUID().toString();
    Observation reading = bed.heartRate("72", NOW);
    reading.setId(id);

    assertThat(hospital.put("Observation/" + id, reading).status()).isEqualTo(201);
    reading.getValueQuantity().setValue(73);
    reading.setStatus(ObservationStatus.CORRECTED);
    assertThat(hospital.put("Observation/" + id, reading).status()).isEqualTo(200);
    Observation stored = hospital.get("Observation/" + id).resource(Observation.class);
    assertThat(stored.getValueQuantity().getValue().toPlainString()).isEqualTo("73");
    assertThat(stored.getMeta().getVersionId()).isEqualTo("2");

    reading.getValueQuantity().setUnit("kg").setCode("kg");
    Answer refused = hospital.put("Observation/" + id, reading);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.expressions()).containsExactly("Observation.value.ofType(Quantity).code");
    assertThat(hospital.get("Observation/" + id).resource(Observation.class).getMeta())
        .matches(meta -> meta.getVersionId().equals("2"));
  }

  @Test
  void aMetricIsPostedAndPutAndItsReadingsAreThoseOfItsDevice() {
    Bedside bed = hospital.admit();
    DeviceMetric metric =
        new DeviceMetric()
            .setType(
                new CodeableConcept()
                    .addCoding(new Coding("urn:iso:std:iso:11073:10101", "147842", "")))
            .setCategory(DeviceMetricCategory.MEASUREMENT)
            .setSource(new Reference(bed.device()));
    Answer created = hospital.post("DeviceMetric", metric);
    assertThat(created.status()).isEqualTo(201);
    String id = created.resource(DeviceMetric.class).getIdElement().getIdPart();
    Bedside byMetric = new Bedside(bed.patient(), "DeviceMetric/" + id);
    assertThat(hospital.post("Observation", byMetric.heartRate("72", NOW)).status()).isEqualTo(201);

    Bedside other = hospital.admit();
    metric.setId(id);
    metric.setSource(new Reference(other.device()));
    assertThat(hospital.put("DeviceMetric/" + id, metric).status()).isEqualTo(200);
    Answer refused = hospital.post("Observation", byMetric.heartRate("72", NOW));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.expressions()).containsExactly("Observation.subject");
  }

  @Test
  void aConditionalCreateStoresOnce() {
    Bedside bed = hospital.admit();
    Observation reading = bed.heartRate("72", NOW);
    String condition =
        "identifier=" + Hospital.SYSTEM + "|" + reading.getIdentifierFirstRep().getValue();

    Answer first = conditionally(condition, reading);
    assertThat(first.status()).isEqualTo(201);
    Answer again = conditionally(condition, reading);
    assertThat(again.status()).isEqualTo(200);
    assertThat(id(again)).isEqualTo(id(first));
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isEqualTo(1);
  }

  @Test
  void aLateReadingGoesToTheFormerPatientOfAReassignedDevice() {
    Bedside former = hospital.admit();
    assertThat(hospital.post("Observation", former.heartRate("70", NOW.minusSeconds(60))).status())
        .isEqualTo(201);
    Bedside present = new Bedside(hospital.patient(), former.device());
    Instant handedOver = NOW.minusSeconds(30);
    Device device = hospital.get(former.device()).resource(Device.class);
    device.setPatient(new Reference(present.patient()));
    device.getPatient().addExtension(ASSIGNED_SINCE, new InstantType(Date.from(handedOver)));
    assertThat(hospital.put(former.device(), device).status()).isEqualTo(200);

    Observation late = former.heartRate("71", handedOver.minusSeconds(1));
    assertThat(hospital.post("Observation", late).status()).isEqualTo(201);
    assertThat(hospital.post("Observation", present.heartRate("72", NOW)).status()).isEqualTo(201);
    Answer mixedUp = hospital.post("Observation", former.heartRate("73", NOW));
    assertThat(mixedUp.status()).isEqualTo(422);
    assertThat(mixedUp.expressions()).containsExactly("Observation.subject");
    assertThat(
            hospital
                .post("Observation", present.heartRate("74", handedOver.minusSeconds(1)))
                .status())
        .isEqualTo(422);
    assertThat(hospital.count("Observation?subject=" + former.patient())).isEqualTo(2);
    assertThat(hospital.count("Observation?subject=" + present.patient())).isEqualTo(1);
  }

  @Test
  void aReadingFromTheFutureIsStoredWithATagAndNeverEvaluated() {
    Bedside bed = hospital.admit();
    Answer created =
        hospital.post("Observation", bed.impedance("150", Instant.now().plusSeconds(125)));
    assertThat(created.status()).isEqualTo(201);
    Observation stored = hospital.get("Observation/" + id(created)).resource(Observation.class);
    assertThat(stored.getMeta().getTag("https://vigil.dev/fhir/CodeSystem/intake-tag", "future"))
        .isNotNull();
    assertThat(
            hospital.count(
                "Observation?subject="
                    + bed.patient()
                    + "&_tag=https://vigil.dev/fhir/CodeSystem/intake-tag%7Cfuture"))
        .isEqualTo(1);

    hospital.rulesCaughtUp();
    assertThat(hospital.alerts(bed.patient())).isEmpty();

    Answer near =
        hospital.post("Observation", bed.impedance("150", Instant.now().plusSeconds(100)));
    assertThat(near.resource(Observation.class).getMeta().getTag()).isEmpty();
    assertThat(hospital.alerts(bed.patient(), 1)).hasSize(1);
  }

  @Test
  void theTagOfTheFutureSpeaksOfTheCurrentVersionOnly() {
    Bedside bed = hospital.admit();
    Observation early = bed.impedance("500", Instant.now().plusSeconds(125));
    early.getMeta().addTag("urn:example:tags", "kept", null);
    String path = "Observation/" + id(hospital.post("Observation", early));
    Observation corrected = bed.impedance("500", Instant.now());
    corrected.setId(path);

    assertThat(hospital.put(path, corrected).status()).isEqualTo(200);

    assertThat(hospital.get(path).resource(Observation.class).getMeta().getTag())
        .extracting(tag -> tag.getCode())
        .containsExactly("kept");
    assertThat(hospital.get(path + "/_history/1").resource(Observation.class).getMeta().getTag())
        .extracting(tag -> tag.getCode())
        .contains("future");
  }

  @Test
  void whatIsNoDeviceReadingIsStoredAsByAnyFhirServer() {
    Observation withoutDevice = new Bedside("Patient/x", "Device/x").heartRate("9999", NOW);
    withoutDevice.setDevice(null);
    withoutDevice.setSubject(null);
    assertThat(hospital.post("Observation", withoutDevice).status()).isEqualTo(201);

    Bedside bed = hospital.admit();
    Observation unknown =
        bed.numeric("urn:example:codes", "never-seen", "1", "[furlong_br]", NOW.plusSeconds(500));
    unknown.setSubject(null);
    assertThat(hospital.post("Observation", unknown).status()).isEqualTo(201);
    Observation text = bed.numeric("urn:example:codes", "text", "1", "1", NOW);
    text.setValue(new StringType("a laboratory's words"));
    assertThat(hospital.post("Observation", text).status()).isEqualTo(201);
    assertThat(hospital.count("Observation?device=" + bed.device())).isEqualTo(2);
  }

  @Test
  void aReadingThatBreaksTheProfileItClaimsIsRefusedWithTheElement() {
    Bedside bed = hospital.admit();
    Observation reading = bed.heartRate("72", NOW);
    reading.getMeta().addProfile("https://vigil.dev/fhir/StructureDefinition/numeric-reading");
    assertThat(hospital.post("Observation", reading).status()).isEqualTo(201);

    reading.addIdentifier(Hospital.identifier("another"));
    reading.setEffective(new Timing());
    Answer refused = hospital.post("Observation", reading);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.expressions()).anyMatch(e -> e.startsWith("Observation.effective"));

    Observation componentOnly = bed.pressure("120", "80", NOW);
    componentOnly
        .getMeta()
        .addProfile("https://vigil.dev/fhir/StructureDefinition/numeric-reading");
    Answer missing = hospital.post("Observation", componentOnly);
    assertThat(missing.status()).isEqualTo(422);
    assertThat(missing.expressions()).isNotEmpty().allMatch(e -> e.startsWith("Observation"));
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isEqualTo(1);
  }

  private Answer conditionally(String condition, Observation reading) {
    return hospital.send(
        hospital
            .server()
            .fhirRequest("Observation", hospital.admin())
            .header("If-None-Exist", condition)
            .POST(BodyPublishers.ofString(Hospital.json(reading))));
  }

  private List<LoggedEvent> events() {
    EventLog log = hospital.server().bean(EventLog.class);
    return log.read(Math.max(0, log.head() - 50), 100);
  }

  private static String id(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isIn(200, 201);
    return answer.resource(Observation.class).getIdElement().getIdPart();
  }
}
