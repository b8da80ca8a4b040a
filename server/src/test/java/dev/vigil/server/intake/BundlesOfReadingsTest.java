package dev.vigil.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.DeviceMetric.DeviceMetricCategory;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;

/** Devices post their readings in Bundles. */
class BundlesOfReadingsTest {

  private static final Instant NOW = Instant.now().minusSeconds(3600);

  private final Hospital hospital = new Hospital();

  @Test
  void aHundredReadingsAreStoredOnceHoweverOftenTheirBundleComes() {
    Bedside bed = hospital.admit();
    Bundle conditional = hundred(bed);
    conditional
        .getEntry()
        .forEach(
            entry ->
                entry
                    .getRequest()
                    .setIfNoneExist(
                        "identifier="
                            + Hospital.SYSTEM
                            + "|"
                            + ((Observation) entry.getResource())
                                .getIdentifierFirstRep()
                                .getValue()));

    Answer first = hospital.post(conditional);
    assertThat(first.entryStatuses()).isEqualTo(Collections.nCopies(100, 201));
    assertThat(first.entryLocations()).doesNotHaveDuplicates();
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isEqualTo(100);

    Answer again = hospital.post(conditional);
    assertThat(again.entryStatuses()).isEqualTo(Collections.nCopies(100, 200));
    assertThat(again.entryLocations()).isEqualTo(first.entryLocations());
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isEqualTo(100);

    conditional.getEntry().forEach(entry -> entry.getRequest().setIfNoneExist(null));
    Answer plain = hospital.post(conditional);
    assertThat(plain.entryStatuses()).isEqualTo(Collections.nCopies(100, 201));
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isEqualTo(200);
  }

  @Test
  void temporaryIdsTieAPatientItsDeviceItsMetricAndAReadingTogether() {
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    String patient = urn();
    String device = urn();
    String metric = urn();
    Observation reading = new Bedside(patient, metric).heartRate("72", NOW);
    // In the order in which they refer to what comes later.
    add(bundle, urn(), reading);
    add(bundle, metric, metric(device));
    add(bundle, device, new Device().setPatient(new Reference(patient)));
    add(bundle, patient, new Patient());

    Answer answer = hospital.post(bundle);

    assertThat(answer.entryStatuses()).containsExactly(201, 201, 201, 201);
    List<String> at = answer.entryLocations();
    Observation stored = hospital.get(at.get(0)).resource(Observation.class);
    assertThat(stored.getSubject().getReference()).isEqualTo(at.get(3));
    assertThat(stored.getDevice().getReference()).isEqualTo(at.get(1));
    assertThat(hospital.get(at.get(1)).resource(DeviceMetric.class).getSource().getReference())
        .isEqualTo(at.get(2));
    assertThat(hospital.get(at.get(2)).resource(Device.class).getPatient().getReference())
        .isEqualTo(at.get(3));
  }

  @Test
  void inABatchTheOthersGoInAndTheRefusedOneNamesItsElement() {
    Bedside bed = hospital.admit();
    Answer answer =
        hospital.post(
            Bedside.posting(
                BundleType.BATCH,
                bed.heartRate("71", NOW),
                bed.numeric("http://loinc.org", "8867-4", "72", "mmol/L", NOW),
                new Bedside(bed.patient(), "Device/nobodys").heartRate("73", NOW),
                bed.heartRate("900", NOW),
                bed.heartRate("74", NOW)));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.entryStatuses()).containsExactly(201, 422, 422, 422, 201);
    assertThat(refusal(answer, 1)).containsExactly("Observation.value.ofType(Quantity).code");
    assertThat(refusal(answer, 2)).containsExactly("Observation.device");
    assertThat(refusal(answer, 3)).containsExactly("Observation.value.ofType(Quantity).value");
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isEqualTo(2);
  }

  @Test
  void aTransactionWithOneBadReadingStoresNothingAndNamesTheEntry() {
    Bedside bed = hospital.admit();
    Answer answer =
        hospital.post(
            Bedside.posting(
                BundleType.TRANSACTION,
                bed.heartRate("71", NOW),
                bed.heartRate("72", NOW),
                bed.numeric("http://loinc.org", "8867-4", "72", "mmol/L", NOW)));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.expressions())
        .containsExactly(
            "Bundle.entry[2].resource.ofType(Observation).value.ofType(Quantity).code");
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isZero();
  }

  @Test
  void theEntryIsNamedByItsPlaceInTheRequestAlsoWhenTheStoreTakesAnotherOrder() {
    Bedside bed = hospital.admit();
    Bedside stranger = hospital.admit();
    Bundle bundle =
        Bedside.posting(
            BundleType.TRANSACTION,
            bed.heartRate("71", NOW),
            bed.heartRate("72", NOW),
            new Bedside(bed.patient(), stranger.device()).heartRate("73", NOW));
    String id = UUID.randomUUID().toString();
    bundle.getEntry().get(0).getResource().setId(id);
    bundle.getEntry().get(0).getRequest().setMethod(HTTPVerb.PUT).setUrl("Observation/" + id);

    Answer answer = hospital.post(bundle);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.expressions())
        .containsExactly("Bundle.entry[2].resource.ofType(Observation).subject");
    assertThat(hospital.count("Observation?subject=" + bed.patient())).isZero();
  }

  @Test
  void everyBadEntryOfATransactionIsNamedAtOnceWhenOnlyReferencesTellThemApart() {
    Bedside bed = hospital.admit();
    Bedside stranger = hospital.admit();
    Observation wrong = new Bedside(bed.patient(), stranger.device()).heartRate("73", NOW);
    Answer answer =
        hospital.post(
            Bedside.posting(BundleType.TRANSACTION, wrong, bed.heartRate("72", NOW), wrong.copy()));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.expressions())
        .containsExactly(
            "Bundle.entry[0].resource.ofType(Observation).subject",
            "Bundle.entry[2].resource.ofType(Observation).subject");
  }

  @Test
  void aValueKeepsItsDigits() {
    Bedside bed = hospital.admit();
    Observation reading = bed.numeric("http://loinc.org", "105272-9", "6.30", "mmol/L", NOW);
    Answer created = hospital.post("Observation", reading);

    Observation stored =
        hospital
            .get("Observation/" + created.resource(Observation.class).getIdElement().getIdPart())
            .resource(Observation.class);
    BigDecimal value = ((Quantity) stored.getValue()).getValue();
    assertThat(value.toPlainString()).isEqualTo("6.30");
  }

  private static Bundle hundred(Bedside bed) {
    Observation[] readings = new Observation[100];
    for (int i = 0; i < readings.length; i++) {
      readings[i] = bed.heartRate("70", NOW.plusSeconds(i));
    }
    return Bedside.posting(BundleType.TRANSACTION, readings);
  }

  private static List<String> refusal(Answer answer, int entry) {
    return Answer.expressions(answer.bundle().getEntry().get(entry).getResponse().getOutcome());
  }

  private static DeviceMetric metric(String device) {
    return new DeviceMetric()
        .setType(
            new CodeableConcept()
                .addCoding(new Coding("urn:iso:std:iso:11073:10101", "147842", "")))
        .setCategory(DeviceMetricCategory.MEASUREMENT)
        .setSource(new Reference(device));
  }

  private static void add(Bundle bundle, String url, Resource resource) {
    bundle
        .addEntry()
        .setFullUrl(url)
        .setResource(resource)
        .getRequest()
        .setMethod(HTTPVerb.POST)
        .setUrl(resource.fhirType());
  }

  private static String urn() {
    return "urn:uuid:" + UUID.randomUUID();
  }
}
