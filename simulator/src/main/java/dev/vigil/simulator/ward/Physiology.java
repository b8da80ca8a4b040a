package dev.vigil.simulator.ward;

import java.time.Duration;
import java.time.Instant;

/**
 * What a stable patient's devices show, a function of seed and moment. All values keep clear of
 * every shipped alert rule's limit; what breaks a rule is an {@link Episode}.
 */
final class Physiology {

  private static final double DAY_SECONDS = 86_400;

  /** Meals of a day, hours of UTC. */
  private static final double[] MEALS = {7.5, 12.5, 18.5};

  private final WardPatient patient;

  Physiology(WardPatient patient) {
    this.patient = patient;
  }

  double at(Signal signal, Instant moment) {
    return switch (signal) {
      case GLUCOSE -> within(85, 230, glucose(moment));
      case SPO2 ->
          patient.kind() == PatientKind.OXYGEN
              ? within(91, 96, 93.2 + wander(signal, 1.0, 1.2, moment))
              : within(95, 99, 97.2 + wander(signal, 0.6, 0.8, moment));
      case PULSE_RATE, HEART_RATE ->
          within(54, 105, own(signal, 64, 84) + 4 * day(moment) + wander(signal, 3, 5, moment));
      case RESPIRATORY_RATE -> within(11, 20, own(signal, 13, 17) + wander(signal, 1, 1.5, moment));
      case TEMPERATURE ->
          within(36.2, 37.4, 36.7 + 0.2 * day(moment) + wander(signal, 0.05, 0.2, moment));
      case SYSTOLIC -> within(104, 148, own(signal, 116, 134) + wander(signal, 4, 6, moment));
      case DIASTOLIC -> within(60, 92, own(signal, 68, 82) + wander(signal, 3, 4, moment));
      case MEAN_PRESSURE -> (at(Signal.SYSTOLIC, moment) + 2 * at(Signal.DIASTOLIC, moment)) / 3;
      case OXYGEN_FLOW -> Math.round(own(signal, 2, 6)) / 2.0;
      case OXYGEN_CONCENTRATION -> within(91, 96, 93.5 + wander(signal, 0.5, 1, moment));
      case DEVICE_BATTERY -> 70 + 25 * noise(signal, Duration.ofDays(5), moment);
      case BATTERY_VOLTAGE -> own(signal, 2.76, 2.84);
      case BATTERY_LONGEVITY -> Math.round(own(signal, 40, 130));
      case BATTERY_REMAINING -> own(Signal.BATTERY_LONGEVITY, 40, 130) / 1.4;
      case IMPEDANCE_RA, IMPEDANCE_RV -> own(signal, 420, 640) + wander(signal, 5, 12, moment);
      case THRESHOLD_RA, THRESHOLD_RV -> own(signal, 0.5, 0.9) + wander(signal, 0.02, 0.04, moment);
      case SENSING_RA -> own(signal, 2.4, 4.2) + wander(signal, 0.1, 0.2, moment);
    };
  }

  /**
   * A level, the rise and fall after each meal (peak after 45 min, the shape of a gamma density),
   * slow drift, and what a sensor adds.
   */
  private double glucose(Instant moment) {
    double value = own(Signal.GLUCOSE, 102, 122) + 5 * day(moment);
    double hour = moment.getEpochSecond() % DAY_SECONDS / 3600;
    for (int meal = 0; meal < MEALS.length; meal++) {
      long day = Math.floorDiv(moment.getEpochSecond(), (long) DAY_SECONDS);
      double since = hour - MEALS[meal] - 0.6 * random(day * 10 + meal);
      if (since > 0 && since < 5) {
        double peaks = since / 0.75;
        value += (55 + 25 * random(day * 10 + meal + 5)) * peaks * Math.exp(1 - peaks);
      }
    }
    value += 9 * noise(Signal.GLUCOSE, Duration.ofHours(5), moment);
    return value + wander(Signal.GLUCOSE, 2, 4, moment);
  }

  /** Quick change within a minute or so and slow change within a quarter of an hour. */
  private double wander(Signal signal, double quick, double slow, Instant moment) {
    return quick * noise(signal, Duration.ofSeconds(47), moment)
        + slow * noise(signal, Duration.ofMinutes(17), moment);
  }

  private double noise(Signal signal, Duration period, Instant moment) {
    return new SmoothNoise(patient.seed() + 31L * signal.ordinal() + period.toSeconds(), period)
        .at(moment);
  }

  /** Highest in the afternoon; -1 to 1. */
  private static double day(Instant moment) {
    return Math.sin(2 * Math.PI * (moment.getEpochSecond() % DAY_SECONDS / DAY_SECONDS - 0.375));
  }

  /** The patient's own level between two bounds. */
  private double own(Signal signal, double from, double to) {
    return from + (to - from) * (1 + random(1_000 + signal.ordinal())) / 2;
  }

  /** Fixed for patient and salt; -1 to 1. */
  private double random(long salt) {
    return (SmoothNoise.mix(patient.seed() ^ SmoothNoise.mix(salt)) >>> 11) * 0x1.0p-52 - 1;
  }

  private static double within(double low, double high, double value) {
    return Math.max(low, Math.min(high, value));
  }
}
