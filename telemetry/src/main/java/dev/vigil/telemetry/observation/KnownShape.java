package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.util.List;

/** A shape that is in the database already. Stays good as long as the process lives. */
public final class KnownShape {

  private final TenantId tenant;
  private final Shape shape;
  private final IndexExtractor extractor;

  KnownShape(TenantId tenant, Shape shape, IndexExtractor extractor) {
    this.tenant = tenant;
    this.shape = shape;
    this.extractor = extractor;
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
   * What searches find in an Observation of this shape and neither shape nor row tell. Most shapes
   * have nothing of that; of the others each Observation costs an extraction, and rows beside it.
   */
  public List<IndexEntry> entries(List<Leaf> leaves) {
    return shape.index().covered()
        ? List.of()
        : shape
            .index()
            .own(
                extractor.entries(Split.join(template(), leaves.stream().map(Leaf::raw).toList())));
  }

  Shape shape() {
    return shape;
  }

  @Override
  public String toString() {
    return "KnownShape[" + shape.id() + "]";
  }
}
