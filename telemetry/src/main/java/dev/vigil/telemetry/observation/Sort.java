package dev.vigil.telemetry.observation;

/**
 * One key of an order. Observations that lack it come last.
 *
 * @param by what is compared
 * @param param the search parameter; null unless {@code by} is a parameter's
 * @param descending greatest first; of several entries the greatest counts then, else the least
 */
public record Sort(By by, String param, boolean descending) {

  /** What is compared. */
  public enum By {
    /** The key, which is the order of weeks, then of recording. */
    KEY,
    /** The time of the last version. */
    UPDATED,
    /** The time it is about: {@code date}. */
    EFFECTIVE,
    /** System and code of a token parameter. */
    TOKEN,
    /** The normalized text of a string parameter. */
    TEXT,
    /** The value of a number or quantity parameter, as sent. */
    NUMBER,
    /** The low end of another date parameter. */
    DATE,
    /** The text of a uri parameter. */
    URI,
    /** The number of the target of a reference; {@code param} is its FHIRPath. */
    LINK
  }
}
