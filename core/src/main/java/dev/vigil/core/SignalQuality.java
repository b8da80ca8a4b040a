package dev.vigil.core;

/**
 * What the device, or our door, said about a sample. A sample that carries any of these raises no
 * clinical alert.
 */
public enum SignalQuality {
  /** The device doubts the value: low perfusion, motion, poor contact (measurement status QUES). */
  QUESTIONABLE,
  /** Sensor warm-up or an early value (EARLY). */
  EARLY,
  /** Calibration is running (CAL). */
  CALIBRATION,
  /** Test or demonstration data (TEST, DEMO, security label HTEST). */
  TEST,
  /** Timed more than 120 s ahead of our clock when it came. */
  FUTURE
}
