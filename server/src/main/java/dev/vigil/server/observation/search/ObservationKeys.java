package dev.vigil.server.observation.search;

import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.ObservationKey;
import java.util.Collection;
import java.util.List;

/** Keys of the Observations among HAPI's numbers. */
final class ObservationKeys {

  private ObservationKeys() {}

  /** Numbers of other resources are left away. */
  static List<ObservationKey> of(Collection<Long> pids) {
    return pids.stream().filter(SyntheticPid::isOne).map(SyntheticPid::key).toList();
  }
}
