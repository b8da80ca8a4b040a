package dev.vigil.simulator.ward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhysiologyTest {

  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");

  @Test
  void givesTheSameValueForTheSameSeedAndMomentInWhateverOrderItIsAsked() {
    WardPatient patient = Ward.demo().patients().get(12);
    List<Integer> minutes = new ArrayList<>(IntStream.range(0, 600).boxed().toList());
    List<Double> forward = glucose(patient, minutes);
    Collections.shuffle(minutes, new Random(7));
    List<Double> shuffled = glucose(patient, minutes);

    for (int i = 0; i < minutes.size(); i++) {
      assertThat(shuffled.get(i)).isEqualTo(forward.get(minutes.get(i)));
    }
  }

  @Test
  void differsBetweenPatients() {
    List<Integer> minutes = IntStream.range(0, 100).boxed().toList();
    List<WardPatient> patients = Ward.demo().of(PatientKind.GLUCOSE);

    assertThat(glucose(patients.get(0), minutes)).isNotEqualTo(glucose(patients.get(1), minutes));
  }

  @Test
  void keepsClearOfEveryShippedRule() {
    for (WardPatient patient : Ward.demo().patients()) {
      Physiology physiology = new Physiology(patient);
      for (int step = 0; step < 2 * 24 * 60; step++) {
        Instant moment = START.plusSeconds(step * 61L);
        assertThat(physiology.at(Signal.GLUCOSE, moment)).isBetween(80.0, 249.0);
        assertThat(physiology.at(Signal.SPO2, moment)).isBetween(90.5, 100.0);
        assertThat(physiology.at(Signal.HEART_RATE, moment)).isBetween(46.0, 114.0);
        assertThat(physiology.at(Signal.PULSE_RATE, moment)).isBetween(46.0, 114.0);
        assertThat(physiology.at(Signal.RESPIRATORY_RATE, moment)).isBetween(11.0, 21.0);
        assertThat(physiology.at(Signal.SYSTOLIC, moment)).isBetween(100.0, 169.0);
        assertThat(physiology.at(Signal.DIASTOLIC, moment)).isBetween(50.0, 109.0);
        assertThat(physiology.at(Signal.TEMPERATURE, moment)).isBetween(36.1, 37.8);
        assertThat(physiology.at(Signal.BATTERY_LONGEVITY, moment)).isGreaterThan(6);
        assertThat(physiology.at(Signal.IMPEDANCE_RV, moment)).isBetween(201.0, 1999.0);
      }
    }
  }

  @Test
  void showsMeals() {
    WardPatient patient = Ward.demo().of(PatientKind.GLUCOSE).get(0);
    List<Double> day = glucose(patient, IntStream.range(0, 24 * 60).boxed().toList());

    assertThat(Collections.max(day) - Collections.min(day)).isGreaterThan(40);
  }

  private static List<Double> glucose(WardPatient patient, List<Integer> minutes) {
    Physiology physiology = new Physiology(patient);
    return minutes.stream()
        .map(minute -> physiology.at(Signal.GLUCOSE, START.plusSeconds(60L * minute)))
        .toList();
  }
}
