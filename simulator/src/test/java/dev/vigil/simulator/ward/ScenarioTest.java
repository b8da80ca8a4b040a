package dev.vigil.simulator.ward;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Checks the series against the text of the rules, with a reading of them of its own. */
class ScenarioTest {

  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
  private static final Ward WARD = Ward.demo();

  private final Scenario scenario = Scenario.eventful(WARD, START);

  private record Sample(Instant at, BigDecimal value) {}

  @Nested
  class WithinTwoMinutesOfTheStart {

    @Test
    void oneSaturationIsBelow85ForAMinuteOfFreshSamples() {
      WardPatient patient = WARD.of(PatientKind.OXYGEN).get(0);
      List<Sample> samples = series(patient, Measurement.SPO2, START, START.plusSeconds(110));

      assertThat(sustained(samples, below(85), Duration.ofSeconds(60), Duration.ofSeconds(10)))
          .isNotEmpty();
    }

    @Test
    void oneGlucoseIsBelow54For15MinutesWithItsFirstFreshSampleAndNotBefore() {
      WardPatient patient = WARD.of(PatientKind.GLUCOSE).get(0);
      List<Sample> samples =
          series(
              patient,
              Measurement.GLUCOSE,
              START.minus(Duration.ofHours(24)),
              START.plusSeconds(110));
      List<Instant> raised =
          sustained(samples, below(54), Duration.ofMinutes(15), Duration.ofMinutes(5));

      assertThat(raised).containsExactly(scenario.first(patient, Measurement.GLUCOSE));
      assertThat(raised.get(0)).isBetween(START, START.plusSeconds(40));
    }
  }

  @Test
  void theSaturationRecoversToClear() {
    WardPatient patient = WARD.of(PatientKind.OXYGEN).get(0);
    List<Sample> samples =
        series(patient, Measurement.SPO2, START.plusSeconds(60), START.plusSeconds(420));

    assertThat(sustained(samples, atLeast(88), Duration.ofMinutes(2), Duration.ofSeconds(10)))
        .isNotEmpty();
  }

  @Test
  void theGlucoseRecoversToClearWithinFortyMinutes() {
    WardPatient patient = WARD.of(PatientKind.GLUCOSE).get(0);
    List<Sample> samples =
        series(patient, Measurement.GLUCOSE, START, START.plus(Duration.ofMinutes(40)));

    assertThat(sustained(samples, atLeast(70), Duration.ofMinutes(15), Duration.ofMinutes(5)))
        .isNotEmpty();
  }

  @Test
  void laterEpisodesCompleteTheirRulesToo() {
    Instant end = START.plus(Duration.ofHours(4));
    assertThat(
            patientsWith(
                PatientKind.OXYGEN, Measurement.SPO2, below(85), Duration.ofSeconds(60), end))
        .isGreaterThanOrEqualTo(3);
    assertThat(
            patientsWith(
                PatientKind.GLUCOSE, Measurement.GLUCOSE, below(54), Duration.ofMinutes(15), end))
        .isGreaterThanOrEqualTo(3);
    assertThat(
            patientsWith(
                PatientKind.VITALS,
                Measurement.HEART_RATE,
                value -> value.compareTo(BigDecimal.valueOf(130)) > 0,
                Duration.ofMinutes(5),
                end))
        .isGreaterThanOrEqualTo(2);
    assertThat(
            patientsWith(
                PatientKind.VITALS,
                Measurement.BLOOD_PRESSURE,
                atLeast(180),
                Duration.ofMinutes(5),
                end))
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void oneMonitorFallsSilentAndComesBack() {
    WardPatient patient = WARD.of(PatientKind.VITALS).get(3);
    Instant silence = START.plus(Duration.ofMinutes(5));
    Instant back = START.plus(Duration.ofMinutes(25));

    assertThat(scenario.due(patient, Measurement.SPO2, START, silence)).hasSizeGreaterThan(28);
    assertThat(scenario.due(patient, Measurement.SPO2, silence, back.minusSeconds(1))).isEmpty();
    assertThat(scenario.due(patient, Measurement.SPO2, back, back.plusSeconds(60))).hasSize(6);
  }

  @Test
  void onePacemakerAsksForReplacementInItsSecondInterrogation() {
    List<WardPatient> worn =
        WARD.of(PatientKind.PACEMAKER).stream()
            .filter(
                patient ->
                    scenario
                        .batteryStatus(patient, START.plus(Duration.ofHours(1)))
                        .equals(Scenario.REPLACEMENT_DUE))
            .toList();

    assertThat(worn).hasSize(1);
    assertThat(scenario.batteryStatus(worn.get(0), START)).isEqualTo(Scenario.BEGINNING_OF_SERVICE);
  }

  @Test
  void momentsAreOnOneGridWhateverTheWindow() {
    WardPatient patient = WARD.of(PatientKind.OXYGEN).get(1);
    Instant end = START.plusSeconds(600);
    List<Instant> whole = scenario.due(patient, Measurement.SPO2, START.minusSeconds(600), end);
    List<Instant> pieces = new ArrayList<>();
    for (Instant at = START.minusSeconds(600); at.isBefore(end); at = at.plusMillis(750)) {
      pieces.addAll(scenario.due(patient, Measurement.SPO2, at, at.plusMillis(750)));
    }

    assertThat(pieces).isEqualTo(whole).hasSize(120);
  }

  @Test
  void aCalmScenarioHasNoEpisode() {
    Scenario calm = Scenario.calm(START);
    WardPatient patient = WARD.of(PatientKind.OXYGEN).get(0);

    assertThat(calm.value(patient, Signal.SPO2, START.plusSeconds(90)))
        .isGreaterThan(new BigDecimal("90"));
  }

  private long patientsWith(
      PatientKind kind,
      Measurement measurement,
      Predicate<BigDecimal> condition,
      Duration duration,
      Instant end) {
    return WARD.of(kind).stream()
        .filter(
            patient ->
                !sustained(
                        series(patient, measurement, START, end),
                        condition,
                        duration,
                        measurement.interval())
                    .isEmpty())
        .count();
  }

  private List<Sample> series(
      WardPatient patient, Measurement measurement, Instant from, Instant to) {
    Signal signal = measurement.signals().get(0);
    return scenario.due(patient, measurement, from.minusMillis(1), to).stream()
        .map(at -> new Sample(at, scenario.value(patient, signal, at)))
        .toList();
  }

  /**
   * Moments at which every sample of the last {@code duration} meets the condition, at least 80 %
   * of the expected ones are there, and no gap is longer than twice the interval.
   */
  private static List<Instant> sustained(
      List<Sample> samples, Predicate<BigDecimal> condition, Duration duration, Duration interval) {
    List<Instant> raised = new ArrayList<>();
    for (Sample now : samples) {
      Instant begin = now.at().minus(duration);
      List<Sample> window =
          samples.stream()
              .filter(s -> !s.at().isBefore(begin) && !s.at().isAfter(now.at()))
              .toList();
      boolean covered = !window.get(0).at().isAfter(begin);
      boolean met = window.stream().allMatch(sample -> condition.test(sample.value()));
      double expected = (double) duration.toMillis() / interval.toMillis();
      boolean gap = false;
      for (int i = 1; i < window.size(); i++) {
        Duration between = Duration.between(window.get(i - 1).at(), window.get(i).at());
        gap |= between.compareTo(interval.multipliedBy(2)) > 0;
      }
      if (covered && met && !gap && window.size() >= 0.8 * expected) {
        raised.add(now.at());
      }
    }
    return raised;
  }

  private static Predicate<BigDecimal> below(int limit) {
    return value -> value.compareTo(BigDecimal.valueOf(limit)) < 0;
  }

  private static Predicate<BigDecimal> atLeast(int limit) {
    return value -> value.compareTo(BigDecimal.valueOf(limit)) >= 0;
  }
}
