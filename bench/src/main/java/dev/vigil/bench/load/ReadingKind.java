package dev.vigil.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What the devices of the load send: 27 kinds of Observation, each with a template of its own among
 * the resources. What a monitor measures every few seconds comes more often than a strip of an ECG.
 */
public enum ReadingKind {
  HEART_RATE(DeviceRole.MONITOR, 8, "147842", "/min"),
  HEART_RATE_NO_IDENTIFIER(DeviceRole.MONITOR, 2),
  SPO2(DeviceRole.OXIMETER, 8, "150456", "%"),
  SPO2_FLAGGED(DeviceRole.OXIMETER, 2),
  SPO2_MISSING(DeviceRole.OXIMETER, 1),
  PULSE_RATE(DeviceRole.OXIMETER, 8, "149530", "/min"),
  RESPIRATORY_RATE(DeviceRole.MONITOR, 8, "151562", "/min"),
  BODY_TEMPERATURE(DeviceRole.MONITOR, 3),
  BLOOD_PRESSURE(DeviceRole.MONITOR, 3),
  VITAL_SIGNS_PANEL(DeviceRole.MONITOR, 2),
  ECG_STRIP(DeviceRole.MONITOR, 1),
  PROBE_OFF(DeviceRole.OXIMETER, 1),
  OXYGEN_FLOW(DeviceRole.CONCENTRATOR, 3),
  OXYGEN_CONCENTRATION(DeviceRole.CONCENTRATOR, 3),
  GLUCOSE_MG_DL(DeviceRole.GLUCOSE_SENSOR, 4, "160212", "mg/dL"),
  GLUCOSE_MMOL_L(DeviceRole.GLUCOSE_SENSOR, 2),
  GLUCOSE_CAPILLARY(DeviceRole.GLUCOSE_METER, 1),
  BODY_WEIGHT(DeviceRole.SCALE, 1),
  DEVICE_BATTERY(DeviceRole.WEARABLE, 2),
  STEP_COUNT(DeviceRole.WEARABLE, 3),
  BATTERY_STATUS(DeviceRole.PACEMAKER, 1),
  PACEMAKER_INTERROGATION(DeviceRole.PACEMAKER, 1),
  PUMP_BASAL_RATE(DeviceRole.PUMP, 3),
  PUMP_BOLUS(DeviceRole.PUMP, 1),
  PUMP_MESSAGE(DeviceRole.PUMP, 1),
  CPAP_PRESSURE(DeviceRole.CPAP, 3),
  CPAP_NIGHT(DeviceRole.CPAP, 1);

  private final DeviceRole role;
  private final int weight;
  private final String metricCode;
  private final String metricUnit;

  ReadingKind(DeviceRole role, int weight) {
    this(role, weight, null, null);
  }

  ReadingKind(DeviceRole role, int weight, String metricCode, String metricUnit) {
    this.role = role;
    this.weight = weight;
    this.metricCode = metricCode;
    this.metricUnit = metricUnit;
  }

  /** Whose device sends it. */
  DeviceRole role() {
    return role;
  }

  /** How often it comes, beside the others. */
  int weight() {
    return weight;
  }

  /** Whether its Observations refer to a DeviceMetric and not to the Device itself. */
  boolean byMetric() {
    return metricCode != null;
  }

  /** MDC code of its DeviceMetric, which is also one of its Observations. */
  String metricCode() {
    return metricCode;
  }

  /** UCUM unit of its DeviceMetric. */
  String metricUnit() {
    return metricUnit;
  }

  /** For example {@code heart-rate}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  Template template() {
    try (InputStream resource = ReadingKind.class.getResourceAsStream(text() + ".template")) {
      return Template.of(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
