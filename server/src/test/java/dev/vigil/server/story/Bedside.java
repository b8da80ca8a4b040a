package dev.vigil.server.story;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.DeviceMetric.DeviceMetricCategory;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.Timing.UnitsOfTime;

/**
 * A patient and the device assigned to it, and readings of that device.
 *
 * @param patient {@code Patient/id}
 * @param device {@code Device/id}
 */
public record Bedside(String patient, String device) {

  private static final String LOINC = "http://loinc.org";
  private static final String MDC = "urn:iso:std:iso:11073:10101";
  private static final String UCUM = "http://unitsofmeasure.org";

  /** Heart rate in /min. */
  public Observation heartRate(String value, Instant moment) {
    return numeric(LOINC, "8867-4", value, "/min", moment);
  }

  /** Interstitial glucose in mg/dL. */
  public Observation glucose(String value, Instant moment) {
    return numeric(LOINC, "99504-3", value, "mg/dL", moment);
  }

  /** Oxygen saturation in %. */
  public Observation spo2(String value, Instant moment) {
    return numeric(LOINC, "59408-5", value, "%", moment);
  }

  /** Impedance of the right ventricular lead in Ohm. */
  public Observation impedance(String value, Instant moment) {
    return numeric(MDC, "722433", value, "Ohm", moment);
  }

  /** Blood pressure panel in mm[Hg]. */
  public Observation pressure(String systolic, String diastolic, Instant moment) {
    Observation observation = reading(LOINC, "85354-9", moment);
    component(observation, "8480-6", systolic);
    component(observation, "8462-4", diastolic);
    return observation;
  }

  /** Status of an implant's battery, an MDC code. */
  public Observation batteryStatus(String code, Instant moment) {
    Observation observation = reading(MDC, "721280", moment);
    observation.setValue(new CodeableConcept().addCoding(new Coding(MDC, code, null)));
    return observation;
  }

  /** A number of any metric. */
  public Observation numeric(
      String system, String code, String value, String unit, Instant moment) {
    Observation observation = reading(system, code, moment);
    observation.setValue(quantity(value, unit));
    return observation;
  }

  /** The device's channel of interstitial glucose, with the time between two samples. */
  public DeviceMetric glucoseEvery(String period, UnitsOfTime unit) {
    DeviceMetric channel = new DeviceMetric();
    channel.addIdentifier(Hospital.identifier(UUID.randomUUID().toString()));
    channel.getType().addCoding(new Coding(MDC, "160212", null));
    channel.setSource(new Reference(device));
    channel.setCategory(DeviceMetricCategory.MEASUREMENT);
    channel
        .getMeasurementPeriod()
        .getRepeat()
        .setFrequency(1)
        .setPeriod(new BigDecimal(period))
        .setPeriodUnit(unit);
    return channel;
  }

  private Observation reading(String system, String code, Instant moment) {
    Observation observation = new Observation();
    observation.addIdentifier(Hospital.identifier(UUID.randomUUID().toString()));
    observation.setStatus(ObservationStatus.FINAL);
    observation.setCode(new CodeableConcept().addCoding(new Coding(system, code, null)));
    observation.setSubject(new Reference(patient));
    observation.setDevice(new Reference(device));
    observation.setEffective(new InstantType(Date.from(moment)));
    return observation;
  }

  private static void component(Observation observation, String code, String value) {
    observation
        .addComponent()
        .setCode(new CodeableConcept().addCoding(new Coding(LOINC, code, null)))
        .setValue(quantity(value, "mm[Hg]"));
  }

  private static Quantity quantity(String value, String unit) {
    return new Quantity()
        .setValue(new BigDecimal(value))
        .setUnit(unit)
        .setSystem(UCUM)
        .setCode(unit);
  }

  /** A Bundle that POSTs each resource. */
  public static Bundle posting(BundleType type, Resource... resources) {
    Bundle bundle = new Bundle().setType(type);
    for (Resource resource : resources) {
      bundle
          .addEntry()
          .setResource(resource)
          .getRequest()
          .setMethod(HTTPVerb.POST)
          .setUrl(resource.fhirType());
    }
    return bundle;
  }
}
