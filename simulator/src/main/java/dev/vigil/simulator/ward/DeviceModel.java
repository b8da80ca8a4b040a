package dev.vigil.simulator.ward;

import java.util.List;

/**
 * The kinds of devices on the ward. Types are MDC codes; the concentrator has none and gets ours.
 */
public enum DeviceModel {
  /** Implant; its monitor reads it. */
  PACEMAKER("Pacemaker", "753665", Measurement.INTERROGATION),
  /** Bedside monitor of an implant. */
  HOME_MONITOR("Pacemaker home monitor", "753669", Measurement.DEVICE_BATTERY),
  /** Finger probe. */
  OXIMETER("Pulse oximeter", "528388", Measurement.SPO2, Measurement.PULSE_RATE),
  /** Source of oxygen. */
  CONCENTRATOR(
      "Oxygen concentrator", null, Measurement.OXYGEN_FLOW, Measurement.OXYGEN_CONCENTRATION),
  /** Glucose sensor. */
  GLUCOSE_SENSOR("Continuous glucose monitor", "528409", Measurement.GLUCOSE),
  /** Multi-parameter monitor. */
  VITALS_MONITOR(
      "Vital-signs monitor",
      "69965",
      Measurement.HEART_RATE,
      Measurement.SPO2,
      Measurement.RESPIRATORY_RATE,
      Measurement.TEMPERATURE,
      Measurement.BLOOD_PRESSURE);

  private final String display;
  private final String mdc;
  private final List<Measurement> measurements;

  DeviceModel(String display, String mdc, Measurement... measurements) {
    this.display = display;
    this.mdc = mdc;
    this.measurements = List.of(measurements);
  }

  /** For people. */
  public String display() {
    return display;
  }

  /** What it sends. */
  public List<Measurement> measurements() {
    return measurements;
  }

  String typeSystem() {
    return mdc == null ? "https://vigil.dev/fhir/CodeSystem/device-type" : Coded.MDC;
  }

  String typeCode() {
    return mdc == null ? "oxygen-concentrator" : mdc;
  }
}
