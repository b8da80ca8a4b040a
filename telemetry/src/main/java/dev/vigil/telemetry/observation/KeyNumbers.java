package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Numbers of new keys, taken from the database a thousand at a time. */
final class KeyNumbers {

  private static final int BLOCK = 1_000;

  private final JdbcClient jdbc;
  private long next;
  private long behind;

  KeyNumbers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  synchronized List<ObservationKey> take(List<Instant> placedAt) {
    List<ObservationKey> keys = new ArrayList<>(placedAt.size());
    for (Instant moment : placedAt) {
      if (next == behind) {
        next =
            jdbc.sql("select nextval('telemetry.observation_number')").query(Long.class).single();
        behind = next + BLOCK;
      }
      keys.add(ObservationKey.of(Week.of(moment), next++));
    }
    return keys;
  }
}
