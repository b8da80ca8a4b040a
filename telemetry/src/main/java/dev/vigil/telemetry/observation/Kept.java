package dev.vigil.telemetry.observation;

import java.time.Instant;

/**
 * What the columns of a row tell of its leaves, so that the leaves need not say it again.
 *
 * @param effectiveFrom null for none
 * @param value the number of the shape's first slot; null for none
 * @param identifier the hash of the shape's identifier; null for none
 * @param patient logical id of the Patient that is the subject; null for none
 * @param device logical id of the Device or DeviceMetric; null for none
 */
record Kept(Instant effectiveFrom, Double value, Long identifier, String patient, String device) {

  /** What times in the leaves are measured from, in milliseconds since 1970. */
  long base() {
    return TimeColumn.base(effectiveFrom);
  }
}
