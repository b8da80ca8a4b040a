package dev.vigil.simulator.ward;

import java.time.LocalDate;

/**
 * An invented patient.
 *
 * @param cohort the ward it belongs to; keeps identifiers of different cohorts apart
 * @param number from 1
 * @param kind decides the devices
 * @param seed of everything about the patient that varies
 */
public record WardPatient(String cohort, int number, PatientKind kind, long seed) {

  /** System of {@link #mrn()}. */
  public static final String MRN_SYSTEM = "https://vigil.dev/fhir/demo/mrn";

  /** For example {@code DEMO-0007}. */
  public String mrn() {
    return "%s-%04d".formatted(cohort, number);
  }

  /** Plainly not a person's: {@code Ward Patient 07}. */
  public String family() {
    return "Patient %02d".formatted(number);
  }

  /** The given name of all. */
  public String given() {
    return "Ward";
  }

  /** Between 1936 and 1985. */
  public LocalDate birthDate() {
    return LocalDate.of(1936, 1, 1).plusDays(Math.floorMod(SmoothNoise.mix(seed), 18_000L));
  }

  /** FHIR administrative gender. */
  public String gender() {
    return number % 2 == 0 ? "female" : "male";
  }

  /** EUI-64 of one of the patient's devices, dashed. The prefix FE-ED belongs to no maker. */
  public String eui64(DeviceModel model) {
    int group = cohort.hashCode();
    return "FE-ED-%02X-%02X-%02X-%02X-%02X-%02X"
        .formatted(
            group >> 16 & 0xff,
            group >> 8 & 0xff,
            group & 0xff,
            number >> 8 & 0xff,
            number & 0xff,
            model.ordinal() + 1);
  }
}
