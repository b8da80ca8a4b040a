package dev.vigil.bench.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.vigil.bench.system.FhirDoor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads readings back and compares them element by element with what was sent, numbers by their
 * digits. Id, version, time of the last update and a request id that a server notes as the source
 * are the server's.
 */
final class ReadBack {

  private static final JsonFactory JSON = new JsonFactory();

  private final FhirDoor door;

  ReadBack(FhirDoor door) {
    this.door = door;
  }

  /** How many came back as they were sent. */
  int equal(List<SentReadings.Sent> sent) {
    int equal = 0;
    for (SentReadings.Sent reading : sent) {
      FhirDoor.Answer answer = door.get("/Observation/" + reading.id());
      if (answer.status() == 200 && leaves(answer.body()).equals(leaves(reading.body()))) {
        equal++;
      }
    }
    return equal;
  }

  /** Text of each leaf by its path. */
  static Map<String, String> leaves(byte[] json) {
    Map<String, String> leaves = new TreeMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      read(parser, "", leaves);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    leaves.remove(".id");
    leaves.remove(".meta.versionId");
    leaves.remove(".meta.lastUpdated");
    if (leaves.getOrDefault(".meta.source", "").startsWith("VALUE_STRING #")) {
      leaves.remove(".meta.source");
    }
    return leaves;
  }

  private static void read(JsonParser parser, String path, Map<String, String> leaves)
      throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = path + "." + parser.currentName();
        parser.nextToken();
        read(parser, name, leaves);
      }
    } else if (parser.currentToken() == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        read(parser, path + "[" + i + "]", leaves);
      }
    } else {
      leaves.put(path, parser.currentToken() + " " + parser.getText());
    }
  }
}
