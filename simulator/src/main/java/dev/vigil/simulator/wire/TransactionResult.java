package dev.vigil.simulator.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What became of a transaction, entry by entry in the order of the request.
 *
 * @param entries never empty for a transaction that had entries
 */
public record TransactionResult(List<Entry> entries) {

  private static final Pattern LOCATION =
      Pattern.compile("(?:^|.*/)([A-Z][A-Za-z]+/[A-Za-z0-9\\-.]{1,64})(?:/_history/[^/]+)?$");

  /**
   * One entry's answer.
   *
   * @param status 201 created; 200 found or updated
   * @param reference {@code Type/id}; empty text if the server named no location
   */
  public record Entry(int status, String reference) {}

  /** Copies the list. */
  public TransactionResult {
    entries = List.copyOf(entries);
  }

  /** How many entries were created. */
  public long created() {
    return entries.stream().filter(entry -> entry.status() == 201).count();
  }

  static TransactionResult of(JsonNode bundle) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode entry : bundle.path("entry")) {
      JsonNode response = entry.path("response");
      String status = response.path("status").asText("0");
      Matcher location = LOCATION.matcher(response.path("location").asText());
      entries.add(
          new Entry(
              Integer.parseInt(status.replaceFirst("\\D.*$", "")),
              location.matches() ? location.group(1) : ""));
    }
    return new TransactionResult(entries);
  }
}
