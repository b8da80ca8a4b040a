package dev.vigil.hl7.pcd01;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.Code;
import dev.vigil.core.TenantId;
import dev.vigil.hl7.SharedData;
import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.er7.IdentifierSystems;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;

/** Concrete values of the messages that IHE published. */
class IhePcd01ExamplesTest {

  private static final List<String> EXAMPLES =
      List.of(
          "pcd01-episodic-nibp.hl7",
          "pcd01-periodic-physio-monitor.hl7",
          "pcd01-phd-flat-bp-from-soap.hl7");

  private final Pcd01ToBundle mapping =
      new Pcd01ToBundle(Pcd01Properties.of(new TenantId("demo")), MetricCatalog.standard());

  @Test
  void mapsTheEpisodicBloodPressure() {
    Bundle bundle = map("pcd01-episodic-nibp.hl7");

    Patient patient = only(bundle, Patient.class);
    assertThat(patient.getIdentifierFirstRep().getSystem()).isEqualTo("urn:vigil:hl7:A");
    assertThat(patient.getIdentifierFirstRep().getValue()).isEqualTo("12345");
    assertThat(patient.getNameFirstRep().getFamily()).isEqualTo("BEDS");

    Device device = only(bundle, Device.class);
    assertThat(device.getIdentifierFirstRep().getSystem()).isEqualTo("urn:vigil:hl7:GATEWAY_ACME");
    assertThat(device.getIdentifierFirstRep().getValue())
        .isEqualTo("080019FFFE3ED02D172.16.172.135");
    assertThat(device.getType().getCodingFirstRep().getCode()).isEqualTo("69965");
    assertThat(device.getPatient().getReference()).isEqualTo(url(bundle, patient));

    List<Observation> observations = all(bundle, Observation.class);
    assertThat(observations).hasSize(2);
    Observation pressure = observations.get(0);
    assertBloodPressure(pressure, "111", "60", "80");
    assertThat(pressure.getEffectiveDateTimeType().getValueAsString())
        .isEqualTo("2011-06-02T04:58:42Z");
    assertThat(pressure.getSubject().getReference()).isEqualTo(url(bundle, patient));

    Observation pulse = observations.get(1);
    assertThat(codes(pulse)).containsExactly("149546", "8889-8");
    assertThat(pulse.getValueQuantity().getValue().toPlainString()).isEqualTo("63");
    assertThat(pulse.getValueQuantity().getCode()).isEqualTo("{beat}/min");
    assertThat(pulse.getValueQuantity().getSystem()).isEqualTo(Code.UCUM);

    List<DeviceMetric> metrics = all(bundle, DeviceMetric.class);
    assertThat(metrics).hasSize(2);
    assertThat(metrics)
        .allSatisfy(m -> assertThat(m.getSource().getReference()).isEqualTo(url(bundle, device)));
    assertThat(pressure.getDevice().getReference()).isEqualTo(url(bundle, metrics.get(0)));
    assertThat(metrics.get(0).getType().getCodingFirstRep().getCode()).isEqualTo("150020");
  }

  @Test
  void mapsThePeriodicMonitor() {
    Bundle bundle = map("pcd01-periodic-physio-monitor.hl7");

    Patient patient = only(bundle, Patient.class);
    assertThat(patient.getIdentifierFirstRep().getSystem()).isEqualTo("urn:vigil:hl7:Philips");
    assertThat(patient.getBirthDateElement().getValueAsString()).isEqualTo("1961-01-01");
    assertThat(patient.getGender().toCode()).isEqualTo("male");

    Device device = only(bundle, Device.class);
    assertThat(device.getIdentifierFirstRep().getValue())
        .isEqualTo("e86c094f-f751-4acf-92b2-38f11c1f6f57-Device");

    Map<String, Observation> byCode =
        all(bundle, Observation.class).stream()
            .collect(
                Collectors.toMap(
                    o -> o.getCode().getCodingFirstRep().getCode(), Function.identity()));
    assertThat(byCode)
        .containsOnlyKeys(
            "150020", "147842", "147232", "147236", "151562", "184327", "150456", "150448");
    assertThat(byCode.values())
        .allSatisfy(o -> assertThat(o.getStatus()).isEqualTo(Observation.ObservationStatus.FINAL));

    assertBloodPressure(byCode.get("150020"), "117", "82", "90");
    assertThat(byCode.get("150020").getEffectiveDateTimeType().getValueAsString())
        .isEqualTo("2015-01-22T11:50:00Z");
    assertQuantity(byCode.get("147842"), "80", "/min");
    assertThat(codes(byCode.get("147842"))).containsExactly("147842", "8867-4");
    assertThat(byCode.get("147842").getEffectiveDateTimeType().getValueAsString())
        .isEqualTo("2015-01-22T18:26:56Z");
    assertQuantity(byCode.get("147232"), "360", "ms");
    assertQuantity(byCode.get("151562"), "30", "/min");
    assertQuantity(byCode.get("150456"), "99", "%");
    assertThat(codes(byCode.get("150456"))).containsExactly("150456", "59408-5", "2708-6");
    assertQuantity(byCode.get("150448"), "3.9", "1");
    assertThat(byCode.get("184327").getValueStringType().getValue()).isEqualTo("MDC_ECG_SINUS_RHY");
  }

  @Test
  void mapsTheFlatPersonalDevice() {
    Bundle bundle = map("pcd01-phd-flat-bp-from-soap.hl7");

    Patient patient = only(bundle, Patient.class);
    assertThat(patient.getIdentifierFirstRep().getSystem())
        .isEqualTo("urn:vigil:hl7:Imaginary%20Hospital");
    assertThat(patient.getNameFirstRep().getGivenAsSingleString()).isEqualTo("John Joseph");

    Device device = only(bundle, Device.class);
    assertThat(device.getIdentifierFirstRep().getSystem()).isEqualTo(IdentifierSystems.EUI_64);
    assertThat(device.getIdentifierFirstRep().getValue()).isEqualTo("01-23-45-67-89-AB-CD-EF");
    assertThat(device.getType().getCodingFirstRep().getCode()).isEqualTo("528391");

    Observation pressure = only(bundle, Observation.class);
    assertBloodPressure(pressure, "120", "80", "100");
    assertThat(pressure.getEffectiveDateTimeType().getValueAsString())
        .isEqualTo("2009-08-13T09:57:15+05:00");
    // A personal device: the Observation names the Device itself.
    assertThat(pressure.getDevice().getReference()).isEqualTo(url(bundle, device));
  }

  @Test
  void encodesEveryExampleAsATransactionOfConditionalCreates() {
    for (String file : EXAMPLES) {
      Bundle bundle = map(file);
      assertThat(bundle.getType()).isEqualTo(Bundle.BundleType.TRANSACTION);
      assertThat(bundle.getEntry())
          .allSatisfy(
              entry -> {
                assertThat(entry.getFullUrl()).startsWith("urn:uuid:");
                assertThat(entry.getRequest().getMethod()).isEqualTo(Bundle.HTTPVerb.POST);
                assertThat(entry.getRequest().getIfNoneExist()).startsWith("identifier=");
              });
      assertThat(FhirContext.forR4Cached().newJsonParser().encodeResourceToString(bundle))
          .contains("\"transaction\"");
    }
  }

  @Test
  void passesTheIntakesOwnChecks() {
    ReadingCheck check = new ReadingCheck(MetricCatalog.standard(), null, Clock.systemUTC());
    for (String file : EXAMPLES) {
      assertThat(all(map(file), Observation.class))
          .isNotEmpty()
          .allSatisfy(observation -> assertThat(check.screen(observation)).isEmpty());
    }
  }

  private static void assertBloodPressure(
      Observation observation, String systolic, String diastolic, String mean) {
    assertThat(codes(observation)).containsExactly("150020", "85354-9");
    assertThat(observation.hasValue()).isFalse();
    assertThat(observation.getCategoryFirstRep().getCodingFirstRep().getCode())
        .isEqualTo("vital-signs");
    assertThat(observation.getComponent())
        .extracting(
            c ->
                c.getCode().getCoding().stream().map(x -> x.getCode()).toList()
                    + " "
                    + c.getValueQuantity().getValue().toPlainString()
                    + " "
                    + c.getValueQuantity().getCode())
        .containsExactly(
            "[150021, 8480-6] " + systolic + " mm[Hg]",
            "[150022, 8462-4] " + diastolic + " mm[Hg]",
            "[150023, 8478-0] " + mean + " mm[Hg]");
  }

  private static void assertQuantity(Observation observation, String value, String unit) {
    assertThat(observation.getValueQuantity().getValue().toPlainString()).isEqualTo(value);
    assertThat(observation.getValueQuantity().getCode()).isEqualTo(unit);
  }

  private static List<String> codes(Observation observation) {
    return observation.getCode().getCoding().stream().map(coding -> coding.getCode()).toList();
  }

  private Bundle map(String file) {
    return mapping.map(Er7Message.read(SharedData.bytes("hl7v2/ihe-dev-tf-vol2/" + file))).bundle();
  }

  static <T extends Resource> List<T> all(Bundle bundle, Class<T> type) {
    return bundle.getEntry().stream()
        .map(Bundle.BundleEntryComponent::getResource)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  static <T extends Resource> T only(Bundle bundle, Class<T> type) {
    List<T> all = all(bundle, type);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static String url(Bundle bundle, Resource resource) {
    return bundle.getEntry().stream()
        .filter(entry -> entry.getResource() == resource)
        .map(Bundle.BundleEntryComponent::getFullUrl)
        .findFirst()
        .orElseThrow();
  }
}
