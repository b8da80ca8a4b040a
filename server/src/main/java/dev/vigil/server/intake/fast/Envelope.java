package dev.vigil.server.intake.fast;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A body that holds nothing but new Observations: where each stands in it, and under which
 * condition it is created.
 *
 * @param entries in their order
 */
record Envelope(List<Entry> entries) {

  /**
   * One Observation.
   *
   * @param from where its JSON begins
   * @param to where it ends, exclusive
   * @param condition under which it is created
   */
  record Entry(int from, int to, Condition condition) {}

  private static final JsonFactory JSON = new JsonFactory();

  /** A single Observation; empty if the body is no JSON object. */
  static Optional<Envelope> single(byte[] body, String ifNoneExist) {
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      int from = start(parser);
      parser.skipChildren();
      int to = end(parser);
      return parser.nextToken() == null
          ? Optional.of(new Envelope(List.of(new Entry(from, to, Condition.of(ifNoneExist)))))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * A transaction.
   *
   * @return empty if anything else is in it than plain creates of Observations, or if it cannot be
   *     read
   */
  static Optional<Envelope> transaction(byte[] body, int maxEntries) {
    try (JsonParser parser = JSON.createParser(body)) {
      Set<String> seen = new HashSet<>();
      List<Entry> entries = new ArrayList<>();
      boolean fit = parser.nextToken() == JsonToken.START_OBJECT;
      while (fit && parser.nextToken() == JsonToken.FIELD_NAME) {
        String property = parser.currentName();
        parser.nextToken();
        fit =
            seen.add(property)
                && switch (property) {
                  case "resourceType" -> isText(parser, "Bundle");
                  case "type" -> isText(parser, "transaction");
                  case "entry" -> entries(parser, entries, maxEntries);
                  default -> false;
                };
      }
      return fit
              && parser.currentToken() == JsonToken.END_OBJECT
              && parser.nextToken() == null
              && seen.size() == 3
              && !entries.isEmpty()
          ? Optional.of(new Envelope(entries))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean entries(JsonParser parser, List<Entry> entries, int maxEntries)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return false;
    }
    Set<String> fullUrls = new HashSet<>();
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      Entry entry = entry(parser, fullUrls);
      if (entry == null || entries.size() == maxEntries) {
        return false;
      }
      entries.add(entry);
    }
    return parser.currentToken() == JsonToken.END_ARRAY;
  }

  private static Entry entry(JsonParser parser, Set<String> fullUrls) throws IOException {
    int from = -1;
    int to = -1;
    String[] request = null;
    boolean named = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String property = parser.currentName();
      JsonToken value = parser.nextToken();
      if (property.equals("resource") && from < 0 && value == JsonToken.START_OBJECT) {
        from = start(parser);
        parser.skipChildren();
        to = end(parser);
      } else if (property.equals("request") && request == null) {
        request = request(parser);
        if (request == null) {
          return null;
        }
      } else if (property.equals("fullUrl") && !named && value == JsonToken.VALUE_STRING) {
        named = true;
        String url = parser.getText();
        if (!url.startsWith("urn:uuid:") || !fullUrls.add(url)) {
          return null;
        }
      } else {
        return null;
      }
    }
    return from >= 0 && request != null && parser.currentToken() == JsonToken.END_OBJECT
        ? new Entry(from, to, Condition.of(request[0]))
        : null;
  }

  /** The condition of a create, or nothing; null if it is anything else. */
  private static String[] request(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return null;
    }
    Set<String> seen = new HashSet<>();
    String[] condition = {null};
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String property = parser.currentName();
      parser.nextToken();
      boolean fit =
          seen.add(property)
              && switch (property) {
                case "method" -> isText(parser, "POST");
                case "url" -> isText(parser, "Observation");
                case "ifNoneExist" -> {
                  condition[0] =
                      parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
                  yield condition[0] != null;
                }
                default -> false;
              };
      if (!fit) {
        return null;
      }
    }
    return parser.currentToken() == JsonToken.END_OBJECT
            && seen.contains("method")
            && seen.contains("url")
        ? condition
        : null;
  }

  private static boolean isText(JsonParser parser, String expected) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING && parser.getText().equals(expected);
  }

  private static int start(JsonParser parser) {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private static int end(JsonParser parser) {
    return (int) parser.currentLocation().getByteOffset();
  }
}
