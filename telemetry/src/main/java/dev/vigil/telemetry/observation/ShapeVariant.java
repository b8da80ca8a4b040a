package dev.vigil.telemetry.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * An invented Observation of the same shape: every leaf differs from the one it stands for, and
 * keeps its kind. What a search parameter finds in several of them, it finds in all of the shape.
 *
 * @param json the Observation
 * @param leaves its leaves
 */
record ShapeVariant(String json, List<Leaf> leaves) {

  private static final Pattern DATE = Pattern.compile("\\d{4}(-\\d\\d.*)?");
  private static final Pattern TIME = Pattern.compile("\\d\\d:\\d\\d:\\d\\d.*");
  private static final long DAY = 86_400_000L;

  /**
   * Makes one.
   *
   * @param number which one; each has other leaves
   */
  static ShapeVariant of(Split split, int number) {
    Random random = new Random(number);
    List<Leaf> leaves = new ArrayList<>();
    for (Leaf leaf : split.leaves()) {
      String raw = raw(leaf, leaves.size(), number, random);
      leaves.add(new Leaf(leaf.kind(), leaf.property(), raw));
    }
    List<String> raws = leaves.stream().map(Leaf::raw).toList();
    return new ShapeVariant(Split.join(split.template(), raws), leaves);
  }

  private static String raw(Leaf leaf, int position, int number, Random random) {
    String invented = "v" + number + "x" + position;
    return switch (leaf.kind()) {
      case NUMBER -> String.valueOf(101 + random.nextInt(1 << 20));
      case SUBTREE ->
          leaf.property().equals("note")
              ? "[{\"text\":\"" + invented + "\"}]"
              : "{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">"
                  + invented
                  + "</div>\"}";
      case STRING -> string(leaf.raw(), position, number, invented);
    };
  }

  /** Later leaves are moved further, so that a period still ends after it began. */
  private static String string(String raw, int position, int number, String invented) {
    TimeText time = TimeText.parse(raw);
    if (time != null) {
      long moved = time.millis() + number * DAY * (position + 1);
      return new TimeText(moved, time.decimals(), time.utc(), time.quarters()).text();
    }
    if (DATE.matcher(raw).matches()) {
      return 1904 + 4 * (position % 16 + number) + raw.substring(4);
    }
    if (TIME.matcher(raw).matches()) {
      return "0" + number + ":0" + position % 10 + ":07";
    }
    return raw.indexOf(':') > 0 ? raw + invented : invented;
  }
}
