package dev.vigil.server.bulk.lines;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.log.Source;
import java.util.List;

/** Stores resources, each for itself: one that is refused does not keep another out. */
public interface ResourceIntake {

  /**
   * Stores what can be, and returns once that is safe.
   *
   * <p>A resource with an id is stored under it, as the next version if there is one. One without
   * gets an id, unless a resource of its type has its first identifier that has a system and a
   * value: then nothing is stored and that one is told.
   *
   * @param lines some tens to hundreds
   * @return one for each, in order
   */
  List<Taken> take(TenantId tenant, Source source, List<Incoming> lines);
}
