package dev.vigil.server.bulk.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What is to be imported, checked and in order.
 *
 * @param request the address that was called, for the manifest
 * @param inputs in the order they are taken
 */
record ImportRequest(String request, List<Input> inputs) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A file to fetch.
   *
   * @param type of every resource in it
   * @param creates whether the caller may create such resources
   * @param updates whether the caller may store them under an id
   */
  record Input(String type, String url, boolean creates, boolean updates) {

    /** Hides the address: it may hold a key. */
    @Override
    public String toString() {
      return "Input[" + type + "]";
    }
  }

  String asText() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ImportRequest of(String text) {
    try {
      return JSON.readValue(text, ImportRequest.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
