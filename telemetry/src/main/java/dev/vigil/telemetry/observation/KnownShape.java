package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import java.util.List;

/** A shape that is in the database already. Stays good as long as the process lives. */
public final class KnownShape {

  private final TenantId tenant;
  private final Shape shape;
  private final IndexExtractor extractor;
  private final TextsOfShapes texts;

  KnownShape(TenantId tenant, Shape shape, IndexExtractor extractor, TextsOfShapes texts) {
    this.tenant = tenant;
    this.shape = shape;
    this.extractor = extractor;
    this.texts = texts;
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
   * have nothing of that; of the others it makes rows beside it, and costs an extraction unless it
   * is a plain text.
   */
  public List<IndexEntry> entries(List<Leaf> leaves) {
    if (shape.index().covered()) {
      return List.of();
    }
    TextEntries known = texts.of(shape, leaves);
    return known != null && known.fits(leaves)
        ? known.of(leaves)
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
