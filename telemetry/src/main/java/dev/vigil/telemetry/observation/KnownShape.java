package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;

/** A shape that is in the database already. Stays good as long as the process lives. */
public final class KnownShape {

  private final TenantId tenant;
  private final Shape shape;

  KnownShape(TenantId tenant, Shape shape) {
    this.tenant = tenant;
    this.shape = shape;
  }

  /** Whose Observations have it. */
  public TenantId tenant() {
    return tenant;
  }

  /** Its number in {@code telemetry.shape}, unique among all tenants. */
  public int id() {
    return shape.id();
  }

  /** The JSON with {@link Split#HOLE} for each leaf. */
  public String template() {
    return shape.template();
  }

  /**
   * Whether searches find all they need in shape and row. If not, each Observation costs an
   * extraction and rows beside it.
   */
  public boolean covered() {
    return shape.index().covered();
  }

  Shape shape() {
    return shape;
  }

  @Override
  public String toString() {
    return "KnownShape[" + shape.id() + "]";
  }
}
