package dev.vigil.server.observation;

import ca.uhn.fhir.jpa.model.dao.JpaPid;
import dev.vigil.telemetry.observation.ObservationKey;

/**
 * HAPI's number of an Observation, computed from its key: no row of HAPI's holds it. HAPI's own
 * numbers come from a sequence and never reach bit 62.
 */
public final class SyntheticPid {

  /** The FHIR type of what is kept here. */
  public static final String TYPE = "Observation";

  private static final long MARK = 1L << 62;

  private SyntheticPid() {}

  /** The number alone, as links hold it. */
  public static long number(ObservationKey key) {
    return MARK | key.value();
  }

  /**
   * The number as HAPI passes it around, with its type set.
   *
   * @param partition HAPI's, null if it is not known
   */
  public static JpaPid of(ObservationKey key, Integer partition) {
    JpaPid pid = JpaPid.fromId(number(key), partition);
    pid.setResourceType(TYPE);
    return pid;
  }

  /** Whether the number is an Observation's; false for null. */
  public static boolean isOne(Long number) {
    return number != null && number > 0 && (number & MARK) != 0;
  }

  /**
   * The way back.
   *
   * @throws IllegalArgumentException if {@link #isOne} is false
   */
  public static ObservationKey key(long number) {
    if (!isOne(number)) {
      throw new IllegalArgumentException("not the number of an Observation");
    }
    return new ObservationKey(number & ~MARK);
  }
}
