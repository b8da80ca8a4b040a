package dev.vigil.hl7.er7;

import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.model.GenericMessage;
import ca.uhn.hl7v2.model.GenericSegment;
import ca.uhn.hl7v2.parser.EncodingCharacters;
import ca.uhn.hl7v2.parser.GenericModelClassFactory;
import ca.uhn.hl7v2.parser.ParserConfiguration;
import ca.uhn.hl7v2.parser.PipeParser;
import ca.uhn.hl7v2.validation.impl.ValidationContextFactory;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A received message: its segments in the order they came. Each segment is read on its own,
 * untyped, so that a message which breaks its structure or version (the examples of IHE do) can
 * still be read, and answered. Segments may end with CR, LF or both.
 */
public final class Er7Message {

  private static final HapiContext CONTEXT =
      new DefaultHapiContext(
          new ParserConfiguration(),
          ValidationContextFactory.noValidation(),
          new GenericModelClassFactory());

  private static final Er7Location CHARACTER_SET = new Er7Location("MSH", 1, 18);

  private final List<Er7Segment> segments;

  private Er7Message(List<Er7Segment> segments) {
    this.segments = segments;
  }

  /**
   * Reads a whole message in the character set that its MSH-18 names; UTF-8, which holds ASCII, if
   * it names none.
   *
   * @throws Hl7Refusal if it does not begin with a header, or is not of its character set
   */
  public static Er7Message read(byte[] text) {
    Charset charset = charset(header(text).field(18));
    try {
      return parse(charset.newDecoder().decode(ByteBuffer.wrap(text)).toString());
    } catch (CharacterCodingException e) {
      throw new Hl7Refusal(
          CHARACTER_SET, Hl7Error.Code.DATA_TYPE, "the text is not of the character set of MSH-18");
    }
  }

  /**
   * Reads the header alone, whatever the character set: to be able to answer.
   *
   * @throws Hl7Refusal if the text does not begin with one
   */
  public static Er7Segment header(byte[] text) {
    String line = lines(new String(text, StandardCharsets.ISO_8859_1)).findFirst().orElse("");
    return parse(line).segments.get(0);
  }

  /** All segments, the header first. */
  public List<Er7Segment> segments() {
    return segments;
  }

  /** MSH. */
  public Er7Segment header() {
    return segments.get(0);
  }

  /** Hides the content. */
  @Override
  public String toString() {
    return "Er7Message[" + segments.size() + " segments]";
  }

  private static Er7Message parse(String text) {
    List<String> lines = lines(text).toList();
    if (lines.isEmpty() || !lines.get(0).startsWith("MSH") || lines.get(0).length() < 9) {
      throw new Hl7Refusal(
          Er7Location.NONE, Hl7Error.Code.SEGMENT_SEQUENCE, "the text does not begin with MSH");
    }
    String first = lines.get(0);
    char fieldSeparator = first.charAt(3);
    int end = first.indexOf(fieldSeparator, 4);
    if (end < 8) {
      throw new Hl7Refusal(
          new Er7Location("MSH", 1, 2),
          Hl7Error.Code.REQUIRED_FIELD,
          "MSH-2 does not name the four encoding characters");
    }
    EncodingCharacters characters =
        new EncodingCharacters(fieldSeparator, first.substring(4, Math.min(end, 8)));
    GenericMessage.V26 message = new GenericMessage.V26(CONTEXT.getModelClassFactory());
    message.setParser(new PipeParser(CONTEXT));
    Map<String, Integer> counts = new HashMap<>();
    List<Er7Segment> segments = new ArrayList<>();
    for (String line : lines) {
      int nameEnd = line.indexOf(fieldSeparator);
      String name = nameEnd < 0 ? line.strip() : line.substring(0, nameEnd);
      int sequence = counts.merge(name, 1, Integer::sum);
      segments.add(segment(message, characters, name, line, sequence));
    }
    return new Er7Message(List.copyOf(segments));
  }

  private static Er7Segment segment(
      GenericMessage message, EncodingCharacters characters, String name, String line, int nth) {
    if (!name.matches("[A-Z][A-Z0-9]{2}")) {
      throw new Hl7Refusal(
          Er7Location.NONE,
          Hl7Error.Code.SEGMENT_SEQUENCE,
          "a line does not begin with a segment name");
    }
    GenericSegment segment = new GenericSegment(message, name);
    try {
      message.getParser().parse(segment, line, characters);
    } catch (HL7Exception e) {
      // The library's words may quote the line.
      throw new Hl7Refusal(
          new Er7Location(name, nth, 0), Hl7Error.Code.DATA_TYPE, "a segment cannot be read");
    }
    return new Er7Segment(segment, nth);
  }

  private static Stream<String> lines(String text) {
    String begin = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return begin.lines().filter(line -> !line.isBlank());
  }

  private static Charset charset(String name) {
    return switch (name) {
      case "", "UNICODE UTF-8", "UNICODE" -> StandardCharsets.UTF_8;
      case "ASCII" -> StandardCharsets.US_ASCII;
      default -> {
        if (name.matches("8859/\\d{1,2}") && Charset.isSupported("ISO-" + name.replace('/', '-'))) {
          yield Charset.forName("ISO-" + name.replace('/', '-'));
        }
        throw new Hl7Refusal(
            CHARACTER_SET, Hl7Error.Code.TABLE_VALUE, "the character set of MSH-18 is not taken");
      }
    };
  }
}
