package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.EventLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.DiagnosticReport;
import org.hl7.fhir.r4.model.DiagnosticReport.DiagnosticReportStatus;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;

/** Observations among other resources in transactions, and what deletions run into. */
class ObservationTransactionTest {

  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private final Hospital hospital = new Hospital();
  private final Bedside bed = hospital.admit();

  @Test
  void refersByPlaceholdersBothWays() {
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    post(bundle, "urn:uuid:10000000-0000-4000-8000-000000000001", new Patient());
    Observation reading = bed.heartRate("72", NOW).setDevice(null);
    reading.setSubject(new Reference("urn:uuid:10000000-0000-4000-8000-000000000001"));
    post(bundle, "urn:uuid:10000000-0000-4000-8000-000000000002", reading);
    DiagnosticReport report = report("urn:uuid:10000000-0000-4000-8000-000000000002");
    post(bundle, "urn:uuid:10000000-0000-4000-8000-000000000003", report);

    Answer answer = hospital.post(bundle);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.entryStatuses()).containsExactly(201, 201, 201);
    List<String> places = answer.entryLocations();
    assertThat(hospital.get(places.get(1)).resource(Observation.class).getSubject())
        .matches(subject -> subject.getReference().equals(places.get(0)));
    assertThat(hospital.get(places.get(2)).resource(DiagnosticReport.class).getResult().get(0))
        .matches(result -> result.getReference().equals(places.get(1)));
    assertThat(hospital.count("DiagnosticReport?result=" + places.get(1))).isEqualTo(1);
  }

  @Test
  void aRepeatedConditionalCreateStoresNothing() {
    Observation reading = bed.heartRate("72", NOW);
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    conditionally(bundle, reading);
    conditionally(bundle, bed.spo2("97", NOW));

    List<String> first = hospital.post(bundle).entryLocations();
    Answer again = hospital.post(bundle);

    assertThat(again.entryStatuses()).containsExactly(200, 200);
    assertThat(again.entryLocations()).isEqualTo(first);
    assertThat(hospital.count("Observation?identifier=" + identifier(reading))).isEqualTo(1);
  }

  @Test
  void twentyAtOnceStoreOne() throws Exception {
    Observation reading = bed.heartRate("72", NOW);
    ExecutorService clients = Executors.newFixedThreadPool(20);
    try {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
        conditionally(bundle, reading.copy());
        answers.add(clients.submit(() -> hospital.post(bundle)));
      }
      Set<String> places = new HashSet<>();
      for (Future<Answer> future : answers) {
        Answer answer = future.get();
        assertThat(answer.status()).as(answer.body()).isIn(200, 409);
        if (answer.status() == 200) {
          places.addAll(answer.entryLocations());
        }
      }
      assertThat(places).hasSize(1);
    } finally {
      clients.shutdownNow();
    }
    assertThat(hospital.count("Observation?identifier=" + identifier(reading))).isEqualTo(1);
  }

  @Test
  void twoUnderOneConditionAreRefused() {
    Observation one = bed.heartRate("72", NOW);
    Observation other = bed.heartRate("73", NOW);
    other.setIdentifier(one.getIdentifier());
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    conditionally(bundle, one);
    post(bundle, null, other);

    Answer refused = hospital.post(bundle);

    assertThat(refused.status()).as(refused.body()).isEqualTo(400);
    assertThat(hospital.count("Observation?identifier=" + identifier(one))).isZero();
  }

  @Test
  void anErrorInTheLastEntryLeavesNothingInEitherStore() {
    long head = hospital.server().bean(EventLog.class).head();
    Observation reading = bed.heartRate("72", NOW);
    Patient patient = new Patient();
    patient.addIdentifier(
        Hospital.identifier("rolled-back-" + reading.getIdentifierFirstRep().getValue()));
    Observation broken = bed.heartRate("72", NOW);
    broken.setSubject(new Reference("Patient/nobody"));
    Bundle bundle = Bedside.posting(BundleType.TRANSACTION, patient, reading, broken);

    assertThat(hospital.post(bundle).status()).isEqualTo(422);

    assertThat(hospital.count("Observation?identifier=" + identifier(reading))).isZero();
    assertThat(
            hospital.count(
                "Patient?identifier="
                    + Hospital.SYSTEM
                    + "%7C"
                    + patient.getIdentifierFirstRep().getValue()))
        .isZero();
    assertThat(hospital.server().bean(EventLog.class).head()).isEqualTo(head);
  }

  @Test
  void putsPatchesAndDeletesInOneBundle() {
    Observation kept = stored("72");
    Observation patched = stored("73");
    Observation dropped = stored("74");
    kept.getValueQuantity().setValue(80);
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    request(bundle, HTTPVerb.PUT, path(kept)).setResource(kept);
    Binary patch = new Binary().setContentType("application/json-patch+json");
    patch.setData(
        "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"amended\"}]"
            .getBytes(StandardCharsets.UTF_8));
    request(bundle, HTTPVerb.PATCH, path(patched)).setResource(patch);
    request(bundle, HTTPVerb.DELETE, path(dropped));

    Answer answer = hospital.post(bundle);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.entryStatuses()).containsExactly(200, 200, 204);
    Observation changed = hospital.get(path(kept)).resource(Observation.class);
    assertThat(changed.getValueQuantity().getValue().intValue()).isEqualTo(80);
    assertThat(changed.getMeta().getVersionId()).isEqualTo("2");
    assertThat(hospital.get(path(patched)).body()).contains("\"amended\"");
    assertThat(hospital.get(path(dropped)).status()).isEqualTo(410);
  }

  @Test
  void aPatientWithObservationsIsNotDeleted() {
    Observation reading = stored("72");

    Answer refused = hospital.send("DELETE", bed.patient(), null);
    assertThat(refused.status()).as(refused.body()).isEqualTo(409);
    assertThat(refused.body()).contains(path(reading));
    assertThat(hospital.send("DELETE", bed.device(), null).status()).isEqualTo(409);
    assertThat(hospital.get(bed.patient()).status()).isEqualTo(200);

    Bundle both = new Bundle().setType(BundleType.TRANSACTION);
    request(both, HTTPVerb.DELETE, bed.patient());
    request(both, HTTPVerb.DELETE, bed.device());
    request(both, HTTPVerb.DELETE, path(reading));
    Answer together = hospital.post(both);
    assertThat(together.status()).as(together.body()).isEqualTo(200);
    assertThat(hospital.get(bed.patient()).status()).isEqualTo(410);
  }

  @Test
  void anObservationThatAReportNamesIsNotDeleted() {
    Observation reading = stored("72");
    Answer report = hospital.post("DiagnosticReport", report(path(reading)));
    assertThat(report.status()).as(report.body()).isEqualTo(201);

    Answer refused = hospital.send("DELETE", path(reading), null);
    assertThat(refused.status()).as(refused.body()).isEqualTo(409);
    assertThat(refused.body()).contains("DiagnosticReport");

    String id = report.resource(DiagnosticReport.class).getIdElement().getIdPart();
    assertThat(hospital.send("DELETE", "DiagnosticReport/" + id, null).status()).isEqualTo(200);
    assertThat(hospital.send("DELETE", path(reading), null).status()).isEqualTo(200);
    assertThat(hospital.post("DiagnosticReport", report(path(reading))).status()).isEqualTo(400);
  }

  private Observation stored(String value) {
    Answer answer = hospital.post("Observation", bed.heartRate(value, NOW));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.resource(Observation.class);
  }

  private DiagnosticReport report(String result) {
    return new DiagnosticReport()
        .setStatus(DiagnosticReportStatus.FINAL)
        .setCode(new CodeableConcept().setText("ward round"))
        .addResult(new Reference(result));
  }

  private static String path(Observation observation) {
    return "Observation/" + observation.getIdElement().getIdPart();
  }

  private static String identifier(Observation observation) {
    return Hospital.SYSTEM + "%7C" + observation.getIdentifierFirstRep().getValue();
  }

  private static void post(Bundle bundle, String fullUrl, Resource resource) {
    request(bundle, HTTPVerb.POST, resource.fhirType()).setFullUrl(fullUrl).setResource(resource);
  }

  private static void conditionally(Bundle bundle, Observation observation) {
    request(bundle, HTTPVerb.POST, "Observation")
        .setResource(observation)
        .getRequest()
        .setIfNoneExist("Observation?identifier=" + identifier(observation));
  }

  private static BundleEntryComponent request(Bundle bundle, HTTPVerb verb, String url) {
    BundleEntryComponent entry = bundle.addEntry();
    entry.getRequest().setMethod(verb).setUrl(url);
    return entry;
  }
}
