package dev.vigil.server.bulk.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be exported, checked and complete: the work asks nobody else.
 *
 * @param request the address that was called, for the manifest
 * @param level of what
 * @param types each once, in the order of the files
 * @param since only what was written after that moment; null for everything
 * @param filters by type, searches of which a resource has to meet one
 * @param patients ids; for {@code PATIENT} null for all
 */
record ExportRequest(
    String request,
    Level level,
    List<String> types,
    String since,
    Map<String, List<String>> filters,
    List<String> patients) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Around what an export goes. */
  enum Level {
    /** All of a tenant. */
    SYSTEM,
    /** What belongs to patients. */
    PATIENT
  }

  Optional<Instant> sinceMoment() {
    return Optional.ofNullable(since).map(Instant::parse);
  }

  String asText() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ExportRequest of(String text) {
    try {
      return JSON.readValue(text, ExportRequest.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Hides whom it is about. */
  @Override
  public String toString() {
    return "ExportRequest[" + level + "]";
  }
}
