package dev.vigil.bench.system;

import java.util.Map;

/**
 * Events that readers of the log have not taken yet.
 *
 * @param events by reader; empty for a server that has none
 */
public record Lag(Map<String, Long> events) {

  /** Copies the map. */
  public Lag {
    events = Map.copyOf(events);
  }

  /** Of the reader that is furthest behind. */
  public long most() {
    return events.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
