package dev.vigil.bench.load;

import java.util.Locale;

/** The devices that each patient of the load has. */
enum DeviceRole {
  MONITOR,
  OXIMETER,
  CONCENTRATOR,
  GLUCOSE_SENSOR,
  GLUCOSE_METER,
  SCALE,
  PACEMAKER,
  PUMP,
  CPAP,
  WEARABLE;

  /** For example {@code glucose-sensor}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
