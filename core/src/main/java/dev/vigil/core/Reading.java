package dev.vigil.core;

import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * One measured value of one metric of one patient, taken from an Observation or from one of its
 * components.
 *
 * @param observation the Observation it came in
 * @param device the device that measured; behind a DeviceMetric its source
 * @param patient whose value it is
 * @param metric what was measured
 * @param value in the unit the device sent, one of the dimension of the metric's units; its scale
 *     is kept
 * @param measuredAt by the device's clock; the end of the period if the Observation has one
 * @param receivedAt by our clock
 * @param quality empty for a good sample
 */
public record Reading(
    ObservationId observation,
    DeviceId device,
    PatientId patient,
    Metric metric,
    ReadingValue value,
    Instant measuredAt,
    Instant receivedAt,
    Set<SignalQuality> quality) {

  /** Refuses null and copies the set. */
  public Reading {
    Objects.requireNonNull(observation, "observation");
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(patient, "patient");
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(measuredAt, "measuredAt");
    Objects.requireNonNull(receivedAt, "receivedAt");
    quality = Set.copyOf(quality);
  }

  /** Whether rules may judge this sample at all. */
  public boolean evaluable() {
    return quality.isEmpty();
  }

  /** Hides person and value. */
  @Override
  public String toString() {
    return "Reading[" + observation + " " + metric + "]";
  }
}
