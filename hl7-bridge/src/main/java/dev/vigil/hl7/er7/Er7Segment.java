package dev.vigil.hl7.er7;

import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.model.GenericSegment;
import ca.uhn.hl7v2.util.Terser;

/**
 * One segment of a received message. Numbers count from 1 as in the standard. What is absent, or
 * HL7's explicit null {@code ""}, reads as the empty string; escapes are resolved.
 */
public final class Er7Segment {

  private static final String NULL = "\"\"";

  private final GenericSegment segment;
  private final int sequence;

  Er7Segment(GenericSegment segment, int sequence) {
    this.segment = segment;
    this.sequence = sequence;
  }

  /** For example {@code OBX}. */
  public String name() {
    return segment.getName();
  }

  /** First component of the first repetition. */
  public String field(int field) {
    return get(field, 1, 1, 1);
  }

  /** A component of the first repetition. */
  public String component(int field, int component) {
    return get(field, 1, component, 1);
  }

  /** A component of a repetition. */
  public String component(int field, int repetition, int component) {
    return get(field, repetition, component, 1);
  }

  /** One subcomponent, without blanks around it. */
  public String get(int field, int repetition, int component, int subcomponent) {
    try {
      // Terser.get would add the repetition if it is missing.
      if (field > segment.numFields() || repetition > repetitions(field)) {
        return "";
      }
      String value = Terser.get(segment, field, repetition - 1, component, subcomponent);
      return value == null || value.equals(NULL) ? "" : value.strip();
    } catch (HL7Exception e) {
      return "";
    }
  }

  /** How often a field is repeated; 0 if it is absent. */
  public int repetitions(int field) {
    try {
      return field > segment.numFields() ? 0 : segment.getField(field).length;
    } catch (HL7Exception e) {
      return 0;
    }
  }

  /** Whether a field says nothing in any repetition's first eleven components. */
  public boolean blank(int field) {
    for (int repetition = 1; repetition <= repetitions(field); repetition++) {
      for (int component = 1; component <= 11; component++) {
        if (!get(field, repetition, component, 1).isEmpty()) {
          return false;
        }
      }
    }
    return true;
  }

  /** Where one of its fields is; 0 for the segment. */
  public Er7Location at(int field) {
    return new Er7Location(name(), sequence, field);
  }

  /** Hides the fields. */
  @Override
  public String toString() {
    return name() + "[" + sequence + "]";
  }
}
