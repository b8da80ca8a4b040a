package dev.vigil.telemetry.intake;

import dev.vigil.core.Metric;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.SignalQuality;
import dev.vigil.terminology.metric.MetricCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;

/**
 * What a device reading says by itself, whoever had the device and whenever it came.
 *
 * @param metric what was measured
 * @param value as the device sent it
 * @param quality what the device said against the sample; empty for a good one
 */
public record MeasuredValue(Metric metric, ReadingValue value, Set<SignalQuality> quality) {

  /** Refuses null and copies the set. */
  public MeasuredValue {
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(value, "value");
    quality = Set.copyOf(quality);
  }

  /**
   * The values of an Observation that {@link ReadingCheck} accepts: its own first, then those of
   * its components in order.
   *
   * @return empty if it is no device reading of a Patient, is cancelled or entered in error, or its
   *     values are absent or waveforms
   */
  public static List<MeasuredValue> of(Observation observation, MetricCatalog catalog) {
    List<MeasuredValue> found = new ArrayList<>();
    boolean ofPatient =
        "Patient".equals(observation.getSubject().getReferenceElement().getResourceType());
    if (!ofPatient || !observation.hasDevice() || withdrawn(observation)) {
      return found;
    }
    for (Measurement measurement : Measurement.of(observation, catalog)) {
      Set<SignalQuality> quality = QualityFlags.of(observation, measurement);
      ValueCheck.value(measurement)
          .ifPresent(
              value ->
                  found.add(new MeasuredValue(measurement.definition().metric(), value, quality)));
    }
    return found;
  }

  /** Whether its source says that it is not to be used. */
  static boolean withdrawn(Observation observation) {
    return observation.getStatus() == ObservationStatus.ENTEREDINERROR
        || observation.getStatus() == ObservationStatus.CANCELLED;
  }

  /** Hides the value. */
  @Override
  public String toString() {
    return "MeasuredValue[" + metric + "]";
  }
}
