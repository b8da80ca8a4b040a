package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.util.Optional;

/**
 * Names an Observation inside its tenant for ever: 19 bits of its home week, then a number of 42
 * bits that no other Observation has. Positive and below 2 to the 61st, so a caller may use the
 * bits above to tell these keys from others.
 *
 * @param value the bits
 */
public record ObservationKey(long value) implements Comparable<ObservationKey> {

  static final int NUMBER_BITS = 42;
  static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;

  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final char LEADING = 'o';
  private static final int DIGITS = 13;

  /** Refuses what has bits outside of week and number. */
  public ObservationKey {
    if (value < 0 || value >>> NUMBER_BITS > Week.MAX) {
      throw new IllegalArgumentException("not the key of an Observation");
    }
  }

  static ObservationKey of(int week, long number) {
    if (number < 0 || number > NUMBER_MASK) {
      throw new IllegalArgumentException("number is out of range");
    }
    return new ObservationKey((long) week << NUMBER_BITS | number);
  }

  /** The week it was first recorded for. A later version may lie in another. */
  int homeWeek() {
    return (int) (value >>> NUMBER_BITS);
  }

  long number() {
    return value & NUMBER_MASK;
  }

  /** The first moment of the home week. */
  public Instant homeWeekBegins() {
    return Week.begins(homeWeek());
  }

  /** The logical id the server assigns for this key: 14 lower-case letters and digits. */
  public String id() {
    char[] text = new char[DIGITS + 1];
    text[0] = LEADING;
    long rest = value;
    for (int i = DIGITS; i > 0; i--) {
      text[i] = ALPHABET.charAt((int) (rest & 31));
      rest >>>= 5;
    }
    return new String(text);
  }

  /**
   * The key in a logical id that {@link #id()} could have made; empty for any other text. Such an
   * id is the server's: a client may not choose one for a new Observation.
   */
  public static Optional<ObservationKey> ofId(String id) {
    if (id.length() != DIGITS + 1 || id.charAt(0) != LEADING) {
      return Optional.empty();
    }
    long value = 0;
    for (int i = 1; i <= DIGITS; i++) {
      int digit = ALPHABET.indexOf(id.charAt(i));
      if (digit < 0 || value >>> 58 != 0) {
        return Optional.empty();
      }
      value = value << 5 | digit;
    }
    return value < 0 || value >>> NUMBER_BITS > Week.MAX
        ? Optional.empty()
        : Optional.of(new ObservationKey(value));
  }

  @Override
  public int compareTo(ObservationKey other) {
    return Long.compare(value, other.value);
  }
}
