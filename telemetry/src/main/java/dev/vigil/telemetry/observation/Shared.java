package dev.vigil.telemetry.observation;

/**
 * What a search parameter finds in every Observation of a shape.
 *
 * @param source where the part that differs is kept
 * @param entry the entry; with another source than {@code SAME} its number, times or code mean
 *     nothing
 * @param slot which number of the row, from 0; -1 unless the source is {@code SLOT}
 * @param factor the entry's number is that number times this
 * @param shift plus this
 */
record Shared(Source source, IndexEntry entry, int slot, double factor, double shift) {

  enum Source {
    /** Nothing differs. */
    SAME,
    /** A number of the row. */
    SLOT,
    /** The row's effective time. */
    EFFECTIVE,
    /** The row's hash of the identifier's value. */
    IDENTIFIER
  }

  static Shared of(Source source, IndexEntry entry) {
    return new Shared(source, entry, -1, 0, 0);
  }

  /** Whether an entry of an Observation of the shape is this one. */
  boolean covers(IndexEntry other) {
    if (source == Source.SAME) {
      return entry.equals(other);
    }
    if (!entry.getClass().equals(other.getClass())
        || !entry.param().equals(other.param())
        || entry.element() != other.element()) {
      return false;
    }
    if (entry instanceof IndexEntry.Quantity mine && other instanceof IndexEntry.Quantity its) {
      return mine.canonical() == its.canonical()
          && mine.system().equals(its.system())
          && mine.unit().equals(its.unit());
    }
    return !(entry instanceof IndexEntry.Token mine)
        || mine.system().equals(((IndexEntry.Token) other).system());
  }
}
