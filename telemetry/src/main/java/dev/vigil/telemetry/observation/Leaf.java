package dev.vigil.telemetry.observation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What fills one hole of a shape.
 *
 * @param kind what the hole takes
 * @param property name of the JSON property it belongs to
 * @param raw the characters as they stand in the JSON; of a string without its quotes, escapes kept
 */
public record Leaf(Kind kind, String property, String raw) {

  private static final JsonFactory JSON = new JsonFactory();

  /** What a hole takes. */
  public enum Kind {
    /** A number. */
    NUMBER,
    /** What stands between the quotes of a string. */
    STRING,
    /** A whole value with all that is in it. */
    SUBTREE
  }

  /** The text that a string stands for. */
  public String text() {
    if (raw.indexOf('\\') < 0) {
      return raw;
    }
    try (JsonParser parser = JSON.createParser('"' + raw + '"')) {
      parser.nextToken();
      return parser.getText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
