package dev.vigil.telemetry.observation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was learned of the texts of shapes. It is learned again after some seconds, since a search
 * parameter may have come that finds more.
 */
final class TextsOfShapes {

  /** How long what was learned holds. */
  private static final Duration MEMORY = Duration.ofSeconds(10);

  /**
   * @param texts null where nothing can be learned
   * @param since {@link System#nanoTime}
   */
  private record Learned(TextEntries texts, long since) {

    boolean holds() {
      return System.nanoTime() - since < MEMORY.toNanos();
    }
  }

  private final IndexExtractor extractor;
  private final Map<Integer, Learned> learned = new ConcurrentHashMap<>();

  TextsOfShapes(IndexExtractor extractor) {
    this.extractor = extractor;
  }

  /** Null if it has to be asked of each Observation. */
  TextEntries of(Shape shape, List<Leaf> leaves) {
    Learned known = learned.get(shape.id());
    if (known == null || !known.holds()) {
      known = new Learned(TextEntries.learn(shape, leaves, extractor), System.nanoTime());
      learned.put(shape.id(), known);
    }
    return known.texts();
  }
}
