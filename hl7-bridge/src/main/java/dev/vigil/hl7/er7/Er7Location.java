package dev.vigil.hl7.er7;

/**
 * Where something is in a message: goes into ERR-2.
 *
 * @param segment for example {@code OBX}; empty if unknown
 * @param sequence which of the segments of that name, from 1
 * @param field number of the field; 0 for the segment as a whole
 */
public record Er7Location(String segment, int sequence, int field) {

  /** No place in particular. */
  public static final Er7Location NONE = new Er7Location("", 0, 0);

  /** Another field of the same segment. */
  public Er7Location field(int number) {
    return segment.isEmpty() ? this : new Er7Location(segment, sequence, number);
  }
}
