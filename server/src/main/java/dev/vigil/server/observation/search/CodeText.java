package dev.vigil.server.observation.search;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Finds {@code Observation.code} in the JSON of an Observation without reading it all. */
final class CodeText {

  private static final JsonFactory JSON = new JsonFactory();

  private CodeText() {}

  /** The text of the element, braces included; empty if there is none. */
  static Optional<String> of(String observation) {
    try (JsonParser parser = JSON.createParser(observation)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean code = parser.currentName().equals("code");
        parser.nextToken();
        int begin = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        if (code) {
          int end = (int) parser.currentTokenLocation().getCharOffset() + 1;
          return Optional.of(observation.substring(begin, end));
        }
      }
      return Optional.empty();
    } catch (IOException e) { // What is stored is JSON.
      throw new UncheckedIOException(e);
    }
  }
}
