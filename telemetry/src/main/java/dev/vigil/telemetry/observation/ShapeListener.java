package dev.vigil.telemetry.observation;

/** Learns what else the shapes say that Observations are written in. */
public interface ShapeListener {

  /**
   * Told of each Observation that is written, in the writing transaction. It has to know by itself
   * which shapes it has seen, and must be quick with those.
   *
   * @param tenant its number
   * @param sequence of the event that tells of it; 0 while it has none
   * @param shape number of the shape, unique among all tenants
   * @param json the Observation
   */
  void written(int tenant, long sequence, int shape, String json);
}
