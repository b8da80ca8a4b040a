package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;

/** Learns what else the shapes say that Observations are written in. */
public interface ShapeListener {

  /**
   * Told of each Observation that is written, in the writing transaction. It has to know by itself
   * which shapes it has seen, and must be quick with those.
   *
   * @param shape number of its shape in the tenant
   * @param json the Observation
   */
  void written(TenantId tenant, int shape, String json);
}
