package dev.vigil.simulator.ward;

import java.util.Map;

/**
 * A patient whom the server knows, with the references it gave.
 *
 * @param reference {@code Patient/id}
 * @param devices {@code Device/id} of each device
 * @param metrics {@code DeviceMetric/id} of each measurement that is a single number
 */
public record Registered(
    WardPatient patient,
    String reference,
    Map<DeviceModel, String> devices,
    Map<Measurement, String> metrics) {

  /** Copies the maps. */
  public Registered {
    devices = Map.copyOf(devices);
    metrics = Map.copyOf(metrics);
  }

  /** What an Observation of a measurement names as its device: the DeviceMetric, or the Device. */
  public String source(Measurement measurement) {
    String metric = metrics.get(measurement);
    return metric != null ? metric : devices.get(model(measurement));
  }

  /** The device of the patient that makes a measurement. */
  DeviceModel model(Measurement measurement) {
    return patient.kind().devices().stream()
        .filter(device -> device.measurements().contains(measurement))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(measurement + " has no device here"));
  }
}
