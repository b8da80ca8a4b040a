package dev.vigil.simulator.ward;

import java.time.Duration;
import java.util.List;

/** What a device sends as one Observation: a single number, or a panel of components. */
public enum Measurement {
  /** Every 5 minutes. */
  GLUCOSE(Duration.ofMinutes(5), Signal.GLUCOSE),
  /** Every 10 seconds. */
  SPO2(Duration.ofSeconds(10), Signal.SPO2),
  /** Every 10 seconds. */
  PULSE_RATE(Duration.ofSeconds(10), Signal.PULSE_RATE),
  /** Every 10 seconds. */
  HEART_RATE(Duration.ofSeconds(10), Signal.HEART_RATE),
  /** Every 10 seconds. */
  RESPIRATORY_RATE(Duration.ofSeconds(10), Signal.RESPIRATORY_RATE),
  /** Every minute. */
  TEMPERATURE(Duration.ofMinutes(1), Signal.TEMPERATURE),
  /** Every minute. */
  OXYGEN_FLOW(Duration.ofMinutes(1), Signal.OXYGEN_FLOW),
  /** Every minute. */
  OXYGEN_CONCENTRATION(Duration.ofMinutes(1), Signal.OXYGEN_CONCENTRATION),
  /** Every hour. */
  DEVICE_BATTERY(Duration.ofHours(1), Signal.DEVICE_BATTERY),
  /** Every 5 minutes. */
  BLOOD_PRESSURE(
      Duration.ofMinutes(5),
      new Coded("Blood pressure", "150020", List.of("85354-9")),
      Signal.SYSTOLIC,
      Signal.DIASTOLIC,
      Signal.MEAN_PRESSURE),
  /**
   * Every hour, with the battery's status (MDC 721280) beside the numbers. The code of the whole is
   * the temporary one of the CardX-CIED guide.
   */
  INTERROGATION(
      Duration.ofHours(1),
      new Coded("Implantable device cardiac observation", "720908", List.of()),
      Signal.BATTERY_VOLTAGE,
      Signal.BATTERY_LONGEVITY,
      Signal.BATTERY_REMAINING,
      Signal.IMPEDANCE_RA,
      Signal.IMPEDANCE_RV,
      Signal.THRESHOLD_RA,
      Signal.THRESHOLD_RV,
      Signal.SENSING_RA);

  private final Duration interval;
  private final Coded coded;
  private final List<Signal> signals;

  Measurement(Duration interval, Signal signal) {
    this(interval, signal.coded(), signal);
  }

  Measurement(Duration interval, Coded coded, Signal... signals) {
    this.interval = interval;
    this.coded = coded;
    this.signals = List.of(signals);
  }

  /** Time between two samples, as DeviceMetric.measurementPeriod tells it. */
  public Duration interval() {
    return interval;
  }

  /** One for a number, several for a panel. */
  public List<Signal> signals() {
    return signals;
  }

  /** Whether its Observation has components instead of a value. */
  public boolean panel() {
    return signals.size() > 1;
  }

  /** Whether it belongs to the category {@code vital-signs}. */
  boolean vitalSign() {
    return switch (this) {
      case SPO2, PULSE_RATE, HEART_RATE, RESPIRATORY_RATE, TEMPERATURE, BLOOD_PRESSURE -> true;
      default -> false;
    };
  }

  Coded coded() {
    return coded;
  }
}
