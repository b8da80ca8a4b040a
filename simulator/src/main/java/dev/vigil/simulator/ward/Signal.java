package dev.vigil.simulator.ward;

import java.util.List;

/**
 * One number that a device measures. LOINC and MDC (ISO/IEEE 11073-10101) codes and UCUM units are
 * those of the HL7 personal-device, CGM and CardX-CIED guides.
 */
public enum Signal {
  /** Interstitial glucose. */
  GLUCOSE("Glucose in interstitial fluid", "160212", "mg/dL", 0, "99504-3"),
  /** Oxygen saturation by pulse oximetry. */
  SPO2("Oxygen saturation", "150456", "%", 0, "59408-5", "2708-6"),
  /** Pulse rate from an oximeter. */
  PULSE_RATE("Pulse rate", "149530", "/min", 0, "8889-8"),
  /** Heart rate from an ECG. */
  HEART_RATE("Heart rate", "147842", "/min", 0, "8867-4"),
  /** Breaths. */
  RESPIRATORY_RATE("Respiratory rate", "151562", "/min", 0, "9279-1"),
  /** Body temperature. */
  TEMPERATURE("Body temperature", "150364", "Cel", 1, "8310-5"),
  /** Systolic pressure, component of a blood pressure. */
  SYSTOLIC("Systolic blood pressure", "150021", "mm[Hg]", 0, "8480-6"),
  /** Diastolic pressure, component of a blood pressure. */
  DIASTOLIC("Diastolic blood pressure", "150022", "mm[Hg]", 0, "8462-4"),
  /** Mean pressure, component of a blood pressure. */
  MEAN_PRESSURE("Mean blood pressure", "150023", "mm[Hg]", 0, "8478-0"),
  /** Oxygen flow. */
  OXYGEN_FLOW("Oxygen flow", null, "L/min", 1, "3151-8"),
  /** Inhaled oxygen concentration. */
  OXYGEN_CONCENTRATION("Inhaled oxygen concentration", null, "%", 0, "3150-0"),
  /** Charge of a device's battery. */
  DEVICE_BATTERY("Battery charge", "67996", "%", 0),
  /** Voltage of an implant's battery, component of an interrogation. */
  BATTERY_VOLTAGE("Battery voltage", "721344", "V", 2),
  /** Remaining life of an implant's battery, component of an interrogation. */
  BATTERY_LONGEVITY("Battery remaining longevity", "721472", "mo", 0),
  /** Remaining share of an implant's battery, component of an interrogation. */
  BATTERY_REMAINING("Battery remaining percentage", "721536", "%", 0),
  /** Impedance of the right atrial lead, component of an interrogation. */
  IMPEDANCE_RA("Lead impedance RA", "722432", "Ohm", 0),
  /** Impedance of the right ventricular lead, component of an interrogation. */
  IMPEDANCE_RV("Lead impedance RV", "722433", "Ohm", 0),
  /** Right atrial pacing threshold, component of an interrogation. */
  THRESHOLD_RA("Pacing threshold RA", "722176", "V", 2),
  /** Right ventricular pacing threshold, component of an interrogation. */
  THRESHOLD_RV("Pacing threshold RV", "722177", "V", 2),
  /** Right atrial sensing amplitude, component of an interrogation. */
  SENSING_RA("Sensing amplitude RA", "722051", "mV", 1);

  private final String display;
  private final String mdc;
  private final String unit;
  private final int decimals;
  private final String[] loinc;

  Signal(String display, String mdc, String unit, int decimals, String... loinc) {
    this.display = display;
    this.mdc = mdc;
    this.unit = unit;
    this.decimals = decimals;
    this.loinc = loinc;
  }

  /** For people. */
  public String display() {
    return display;
  }

  /** UCUM. */
  public String unit() {
    return unit;
  }

  /** Digits after the point that the device shows. */
  public int decimals() {
    return decimals;
  }

  Coded coded() {
    return new Coded(display, mdc, List.of(loinc));
  }
}
