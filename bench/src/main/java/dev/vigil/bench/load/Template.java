package dev.vigil.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON with holes: {@code {{subject}}}, {@code {{device}}}, {@code {{id}}} (an identifier made of
 * device and time), {@code {{time}}}, {@code {{local}}} (the same with an offset), {@code {{from}}}
 * (a while before), {@code {{samples}}}, and numbers as {@code {{low..high/decimals}}}.
 */
final class Template {

  private static final Pattern HOLE = Pattern.compile("\\{\\{([^}]+)}}");
  private static final Pattern RANGE = Pattern.compile("([0-9.]+)\\.\\.([0-9.]+)(?:/(\\d))?");

  private final List<Object> parts;

  private Template(List<Object> parts) {
    this.parts = parts;
  }

  /** What is filled in anew for each reading. */
  enum Moving {
    ID,
    TIME,
    LOCAL,
    FROM,
    SAMPLES
  }

  /** What is filled in once for each device. */
  private enum Fixed {
    SUBJECT,
    DEVICE
  }

  /**
   * A number that walks between two bounds.
   *
   * @param low times ten to the power of the decimals
   * @param high likewise
   */
  record Range(int low, int high, int decimals) {}

  static Template of(String text) {
    String json = text.replace("\n", "");
    List<Object> parts = new ArrayList<>();
    Matcher hole = HOLE.matcher(json);
    int from = 0;
    while (hole.find()) {
      parts.add(json.substring(from, hole.start()));
      parts.add(part(hole.group(1)));
      from = hole.end();
    }
    parts.add(json.substring(from));
    return new Template(parts);
  }

  private static Object part(String name) {
    Matcher range = RANGE.matcher(name);
    if (range.matches()) {
      int decimals = range.group(3) == null ? 0 : Integer.parseInt(range.group(3));
      double factor = Math.pow(10, decimals);
      return new Range(
          (int) Math.round(Double.parseDouble(range.group(1)) * factor),
          (int) Math.round(Double.parseDouble(range.group(2)) * factor),
          decimals);
    }
    return switch (name) {
      case "subject" -> Fixed.SUBJECT;
      case "device" -> Fixed.DEVICE;
      case "id" -> Moving.ID;
      case "time" -> Moving.TIME;
      case "local" -> Moving.LOCAL;
      case "from" -> Moving.FROM;
      case "samples" -> Moving.SAMPLES;
      default -> throw new IllegalArgumentException("no such hole: " + name);
    };
  }

  /** Text, {@link Moving} and {@link Range}, in order, for one patient and device. */
  List<Object> bind(String subject, String device) {
    List<Object> bound = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (Object part : parts) {
      if (part instanceof String literal) {
        text.append(literal);
      } else if (part instanceof Fixed fixed) {
        text.append(fixed == Fixed.SUBJECT ? subject : device);
      } else {
        bound.add(text.toString());
        bound.add(part);
        text.setLength(0);
      }
    }
    bound.add(text.toString());
    return bound;
  }
}
