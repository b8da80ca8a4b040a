package dev.vigil.hl7.er7;

import dev.vigil.core.Problem;

/**
 * What is wrong with a message, as an ERR segment says it.
 *
 * @param location where; {@link Er7Location#NONE} if it has no place
 * @param code of HL7 table 0357
 * @param message one sentence that is safe to show: names the element, never a value or a person
 */
public record Hl7Error(Er7Location location, Code code, String message) {

  /** HL7 table 0357, message error condition codes. */
  public enum Code {
    /** 100: a segment is missing or in the wrong place. */
    SEGMENT_SEQUENCE(100, "Segment sequence error", false),
    /** 101: a required field is missing. */
    REQUIRED_FIELD(101, "Required field missing", false),
    /** 102: a field holds what its data type or the rules of intake do not allow. */
    DATA_TYPE(102, "Data type error", false),
    /** 103: a code is not in its table. */
    TABLE_VALUE(103, "Table value not found", false),
    /** 200: MSH-9.1. */
    MESSAGE_TYPE(200, "Unsupported message type", true),
    /** 201: MSH-9.2. */
    EVENT_CODE(201, "Unsupported event code", true),
    /** 202: MSH-11. */
    PROCESSING_ID(202, "Unsupported processing id", true),
    /** 204: names something we do not have. */
    UNKNOWN_KEY(204, "Unknown key identifier", false),
    /** 205: is there already in another form. */
    DUPLICATE_KEY(205, "Duplicate key identifier", false),
    /** 207: anything else, and whatever is our own fault. */
    INTERNAL(207, "Application internal error", true);

    private final int number;
    private final String text;
    private final boolean rejects;

    Code(int number, String text, boolean rejects) {
      this.number = number;
      this.text = text;
      this.rejects = rejects;
    }

    /** The number in table 0357. */
    public int number() {
      return number;
    }

    /** The words in table 0357. */
    public String text() {
      return text;
    }

    /** Whether it is answered by AR, not AE: nothing in the message's content is at fault. */
    public boolean rejects() {
      return rejects;
    }
  }

  /** Turns a refusal of the intake into HL7's words. */
  public static Hl7Error of(Problem problem, Er7Location location) {
    Code code =
        switch (problem.kind()) {
          case UNREADABLE, INVALID, TOO_COSTLY -> Code.DATA_TYPE;
          case CODE_INVALID -> Code.TABLE_VALUE;
          case NOT_FOUND, FORBIDDEN -> Code.UNKNOWN_KEY;
          case CONFLICT -> Code.DUPLICATE_KEY;
          case THROTTLED, UNAVAILABLE -> Code.INTERNAL;
        };
    return new Hl7Error(location, code, problem.message());
  }
}
