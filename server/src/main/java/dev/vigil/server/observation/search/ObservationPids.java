package dev.vigil.server.observation.search;

import ca.uhn.fhir.jpa.model.dao.JpaPid;
import dev.vigil.telemetry.observation.ObservationKey;
import java.util.Collection;
import java.util.List;

/** Observations among HAPI's numbers: out of its range, computed from the key. */
final class ObservationPids {

  private static final long MARK = 1L << 62;

  private ObservationPids() {}

  static boolean isObservation(long pid) {
    return pid > 0 && (pid & MARK) != 0;
  }

  static long pid(ObservationKey key) {
    return MARK | key.value();
  }

  static ObservationKey key(long pid) {
    return new ObservationKey(pid & ~MARK);
  }

  static JpaPid jpa(ObservationKey key, Integer partition) {
    JpaPid pid = JpaPid.fromIdAndResourceType(pid(key), SearchParameters.OBSERVATION);
    pid.setPartitionId(partition);
    return pid;
  }

  /** Of those that are Observations. */
  static List<ObservationKey> keys(Collection<Long> pids) {
    return pids.stream().filter(ObservationPids::isObservation).map(ObservationPids::key).toList();
  }
}
