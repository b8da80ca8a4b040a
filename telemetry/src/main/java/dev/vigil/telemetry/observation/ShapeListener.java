package dev.vigil.telemetry.observation;

/** Learns what else the shapes say that Observations are written in. */
public interface ShapeListener {

  /**
   * Told of each Observation that is written, in the writing transaction. It has to know by itself
   * which shapes it has seen, and must be quick with those.
   *
   * @param tenant its number
   * @param shape number of the shape, unique among all tenants
   * @param json the Observation
   */
  void written(int tenant, int shape, String json);
}
