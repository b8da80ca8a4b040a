package dev.vigil.telemetry.observation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The JSON of an Observation taken apart: a template with holes, and the leaves that fill them in
 * order. Both are cut out of the text itself, so putting them together gives the same characters.
 *
 * @param template the JSON with {@link #HOLE} for each leaf
 * @param leaves in the order of the holes
 */
public record Split(String template, List<Leaf> leaves) {

  /** Cannot stand in JSON, where control characters are escaped. */
  public static final char HOLE = '\u0001';

  /** The shape of an Observation that is kept whole. */
  static final String WHOLE = String.valueOf(HOLE);

  private static final int LONGEST_TEMPLATE = 8_192;
  private static final int MOST_LEAVES = 500;
  private static final Pattern TYPED_REFERENCE = Pattern.compile("[A-Z][A-Za-z]{2,40}/.+");
  private static final JsonFactory JSON = new JsonFactory();

  /** Whether the text is kept whole, for its template would be too large to be worth keeping. */
  boolean whole() {
    return template.equals(WHOLE);
  }

  /**
   * Takes apart.
   *
   * @throws ProblemException of kind UNREADABLE if the text is no JSON object in Unicode
   */
  public static Split of(String json) {
    Splitter splitter = new Splitter(json);
    try {
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(json));
      splitter.run();
    } catch (CharacterCodingException e) {
      throw unreadable("the text is not valid Unicode");
    } catch (IOException e) {
      throw unreadable("the content is not a JSON object");
    }
    if (splitter.template.length() > LONGEST_TEMPLATE || splitter.leaves.size() > MOST_LEAVES) {
      return new Split(WHOLE, List.of(new Leaf(Leaf.Kind.SUBTREE, "", json)));
    }
    return new Split(splitter.template.toString(), splitter.leaves);
  }

  private static ProblemException unreadable(String message) {
    return new ProblemException(new Problem(Problem.Kind.UNREADABLE, "Observation", message));
  }

  /** Puts together: as many leaves as the template has holes, each as it stands in JSON. */
  public static String join(String template, List<String> leaves) {
    StringBuilder json = new StringBuilder(template.length() + 32 * leaves.size());
    int from = 0;
    for (String leaf : leaves) {
      int hole = template.indexOf(HOLE, from);
      json.append(template, from, hole).append(leaf);
      from = hole + 1;
    }
    return json.append(template, from, template.length()).toString();
  }

  private static final class Splitter {

    private final String json;
    private final StringBuilder template;
    private final List<Leaf> leaves = new ArrayList<>();
    private final Deque<String> owners = new ArrayDeque<>();
    private int done;
    private int extensions;

    Splitter(String json) {
      this.json = json;
      this.template = new StringBuilder(json.length());
    }

    void run() throws IOException {
      try (JsonParser parser = JSON.createParser(json.toCharArray())) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw new IOException("no object");
        }
        owners.push("");
        String property = "";
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
          if (owners.isEmpty()) {
            throw new IOException("more than one object");
          } else if (token == JsonToken.FIELD_NAME) {
            property = parser.currentName();
          } else {
            property = value(parser, token, property);
          }
        }
      }
      template.append(json, done, json.length());
    }

    /** Handles a value or the end of one; gives the property that further items belong to. */
    private String value(JsonParser parser, JsonToken token, String property) throws IOException {
      switch (token) {
        case START_OBJECT, START_ARRAY -> {
          if (owners.size() == 1 && ShapeRules.isSubtree(property)) {
            int from = start(parser);
            parser.skipChildren();
            cut(Leaf.Kind.SUBTREE, property, from, end(parser));
          } else if (token == JsonToken.START_OBJECT) {
            owners.push(property);
            extensions += ShapeRules.isExtension(property) ? 1 : 0;
          }
        }
        case END_OBJECT -> {
          String closed = owners.pop();
          extensions -= ShapeRules.isExtension(closed) ? 1 : 0;
          return closed;
        }
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
          int from = start(parser);
          cut(Leaf.Kind.NUMBER, property, from, from + parser.getTextLength());
        }
        case VALUE_STRING -> string(parser, property);
        default -> {
          // Booleans, nulls and the ends of arrays belong to the structure.
        }
      }
      return property;
    }

    private void string(JsonParser parser, String property) throws IOException {
      int from = start(parser) + 1;
      parser.finishToken();
      int to = end(parser) - 1;
      String raw = json.substring(from, to);
      if (ShapeRules.belongsToShape(property, owners.peek(), extensions > 0, raw)) {
        return;
      }
      if (property.equals("reference") && TYPED_REFERENCE.matcher(raw).matches()) {
        from += raw.indexOf('/') + 1;
      } else if (property.equals("source") && raw.startsWith("#")) {
        from++; // So no address is in it, which searches would find.
      }
      cut(Leaf.Kind.STRING, property, from, to);
    }

    private void cut(Leaf.Kind kind, String property, int from, int to) {
      template.append(json, done, from).append(HOLE);
      leaves.add(new Leaf(kind, property, json.substring(from, to)));
      done = to;
    }

    private static int start(JsonParser parser) {
      return (int) parser.currentTokenLocation().getCharOffset();
    }

    private static int end(JsonParser parser) {
      return (int) parser.currentLocation().getCharOffset();
    }
  }
}
