package dev.vigil.server.observation.search;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Refuses what HAPI passes over in the parameters that shape the answer: a client would read
 * another answer than it asked for.
 */
final class ResultParameters {

  private static final Map<String, List<String>> VALUES =
      Map.of(
          "_total",
          List.of("none", "estimate", "accurate"),
          "_summary",
          List.of("true", "text", "data", "count", "false"));

  private ResultParameters() {}

  /** Looks at the parameters of a client's search for Observations. */
  static void check(Map<String, String[]> parameters) {
    VALUES.forEach(
        (name, known) -> {
          for (String value : parameters.getOrDefault(name, new String[0])) {
            if (!value.isBlank() && !known.contains(value.toLowerCase(Locale.ROOT))) {
              throw Refused.parameter(name, "is one of " + known);
            }
          }
        });
    for (String count : parameters.getOrDefault("_count", new String[0])) {
      if (count.startsWith("-")) {
        throw Refused.parameter("_count", "is not negative");
      }
    }
    if (parameters.containsKey("_type")) {
      throw Refused.parameter("_type", "is for what reaches over several types");
    }
  }
}
