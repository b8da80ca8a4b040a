package dev.vigil.simulator.ward;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Patients that belong together.
 *
 * @param patients in the order of their numbers
 */
public record Ward(List<WardPatient> patients) {

  private static final long DEMO_SEED = 20_261_122L;

  /** Copies the list. */
  public Ward {
    patients = List.copyOf(patients);
  }

  /** The demo's twenty: 6 with pacemakers, 5 on oxygen, 5 with glucose sensors, 4 on monitors. */
  public static Ward demo() {
    return cohort(
        "DEMO",
        20,
        DEMO_SEED,
        number -> {
          if (number <= 6) {
            return PatientKind.PACEMAKER;
          }
          if (number <= 11) {
            return PatientKind.OXYGEN;
          }
          return number <= 16 ? PatientKind.GLUCOSE : PatientKind.VITALS;
        });
  }

  /** A ward of another size, all kinds in turn. */
  public static Ward mixed(String cohort, int count, long seed) {
    PatientKind[] kinds = PatientKind.values();
    return cohort(cohort, count, seed, number -> kinds[(number - 1) % kinds.length]);
  }

  /**
   * Any ward.
   *
   * @param cohort letters, digits and dashes; the same cohort means the same patients
   * @param kindOf asked with the patient's number, from 1
   */
  public static Ward cohort(String cohort, int count, long seed, IntFunction<PatientKind> kindOf) {
    return new Ward(
        IntStream.rangeClosed(1, count)
            .mapToObj(
                number ->
                    new WardPatient(
                        cohort, number, kindOf.apply(number), SmoothNoise.mix(seed + number)))
            .toList());
  }

  /** Its patients of a kind, in order. */
  public List<WardPatient> of(PatientKind kind) {
    return patients.stream().filter(patient -> patient.kind() == kind).toList();
  }
}
