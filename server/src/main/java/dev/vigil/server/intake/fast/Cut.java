package dev.vigil.server.intake.fast;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client's text of an Observation, taken apart where its readings differ: numbers, samples,
 * times, free text, values of identifiers, ids of what it refers to.
 *
 * @param literals the text between the leaves; one more than leaves
 * @param kinds of the leaves
 * @param places of the leaves: the properties that lead there, for example {@code
 *     /identifier/value}
 * @param leaves as they stand there, strings without quotes
 */
record Cut(List<String> literals, List<LeafKind> kinds, List<String> places, List<String> leaves) {

  static final String EFFECTIVE = "/effective";
  static final String ISSUED = "/issued";
  static final String IDENTIFIER = "/identifier/value";
  static final String SUBJECT = "/subject/reference";
  static final String DEVICE = "/device/reference";
  static final String PERIOD_START = "/effectivePeriod/start";
  static final String PERIOD_END = "/effectivePeriod/end";

  private static final String NOTED = "/note/time";

  /**
   * Numbers in these stay in the text between: R4 compares the two of a Range (rng-2), wants some
   * of the others positive (age-1, drt-1, cnt-3, dis-1), and a device sends the same for all
   * samples.
   */
  private static final Set<String> BOUND =
      Set.of(
          "valueRange",
          "age",
          "valueAge",
          "valueDuration",
          "valueCount",
          "valueDistance",
          "valueSampledData");

  private static final Set<String> CODINGS = Set.of("coding", "tag", "security");
  private static final Set<String> CONCEPTS = Set.of("note", "valueCodeableConcept");

  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern REFERENCE = Pattern.compile("[A-Z][A-Za-z]+/([A-Za-z0-9.-]+)");

  /** Empty if it is not the JSON of an object. */
  static Optional<Cut> of(String text) {
    try {
      return Optional.of(new Cutter(text).run());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The text with other leaves. */
  String join(List<String> others) {
    StringBuilder text = new StringBuilder(literals.get(0));
    for (int i = 0; i < others.size(); i++) {
      text.append(others.get(i)).append(literals.get(i + 1));
    }
    return text.toString();
  }

  /** What all have in common that are written like this. */
  record Text(List<String> literals, List<LeafKind> kinds) {}

  /** What it has in common with others. */
  Text text() {
    return new Text(literals, kinds);
  }

  /** Whether each leaf is written as its kind asks. */
  boolean fits() {
    for (int leaf = 0; leaf < leaves.size(); leaf++) {
      byte[] text = (leaves.get(leaf) + '"').getBytes(StandardCharsets.UTF_8);
      if (kinds.get(leaf).end(text, 0) != text.length - 1) {
        return false;
      }
    }
    return true;
  }

  /** Which leaf stands at a place; -1 for none, or several. */
  int leaf(String place) {
    int first = places.indexOf(place);
    return first == places.lastIndexOf(place) ? first : -1;
  }

  private static final class Cutter {

    private final String text;
    private final List<String> literals = new ArrayList<>();
    private final List<LeafKind> kinds = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    private final List<String> leaves = new ArrayList<>();
    private final Deque<String> path = new ArrayDeque<>();
    private int done;

    Cutter(String text) {
      this.text = text;
    }

    Cut run() throws IOException {
      try (JsonParser parser = JSON.createParser(text.toCharArray())) {
        String property = "";
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
          switch (token) {
            case FIELD_NAME -> property = parser.currentName();
            case START_OBJECT -> path.addLast(property);
            case END_OBJECT -> property = path.removeLast();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
              int from = (int) parser.currentTokenLocation().getCharOffset();
              number(property, from, from + parser.getTextLength());
            }
            case VALUE_STRING -> {
              int from = (int) parser.currentTokenLocation().getCharOffset() + 1;
              parser.finishToken();
              string(property, from, (int) parser.currentLocation().getCharOffset() - 1);
            }
            default -> {
              // Belongs to the text between.
            }
          }
        }
      }
      literals.add(text.substring(done));
      return new Cut(
          List.copyOf(literals), List.copyOf(kinds), List.copyOf(places), List.copyOf(leaves));
    }

    private void number(String property, int from, int to) {
      boolean bound = BOUND.contains(property) || path.stream().anyMatch(BOUND::contains);
      if (!bound && !property.equals("valuePositiveInt") && !property.equals("valueUnsignedInt")) {
        LeafKind kind = property.equals("valueInteger") ? LeafKind.INTEGER : LeafKind.NUMBER;
        cut(kind, place(property), from, to);
      }
    }

    private void string(String property, int from, int to) {
      String place = place(property);
      if (place.equals("/effectiveDateTime") || place.equals("/effectiveInstant")) {
        place = EFFECTIVE;
      }
      switch (place) {
        case EFFECTIVE, PERIOD_START, PERIOD_END, ISSUED, NOTED ->
            cut(LeafKind.TIME, place, from, to);
        case IDENTIFIER -> cut(LeafKind.TEXT, place, from, to);
        default -> other(property, place, from, to);
      }
    }

    private void other(String property, String place, int from, int to) {
      String owner = path.getLast();
      boolean free =
          switch (property) {
            case "valueString", "authorString" -> true;
            case "text" -> CONCEPTS.contains(owner);
            case "display" -> !CODINGS.contains(owner);
            default -> false;
          };
      if (free) {
        cut(LeafKind.FREE, place, from, to);
      } else if (property.equals("data") && owner.equals("valueSampledData")) {
        cut(LeafKind.SAMPLES, place, from, to);
      } else if (property.equals("reference")) {
        Matcher reference = REFERENCE.matcher(text).region(from, to);
        if (reference.matches()) {
          cut(LeafKind.ID, place, reference.start(1), to);
        }
      }
    }

    private String place(String property) {
      StringBuilder place = new StringBuilder();
      Iterator<String> owners = path.iterator();
      owners.next();
      owners.forEachRemaining(owner -> place.append('/').append(owner));
      return place.append('/').append(property).toString();
    }

    private void cut(LeafKind kind, String place, int from, int to) {
      places.add(place);
      literals.add(text.substring(done, from));
      kinds.add(kind);
      leaves.add(text.substring(from, to));
      done = to;
    }
  }
}
