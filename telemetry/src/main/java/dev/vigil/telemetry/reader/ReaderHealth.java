package dev.vigil.telemetry.reader;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How a reader of the log fares, for people who rely on it. */
public final class ReaderHealth {

  private final JdbcClient jdbc;
  private final Clock clock;

  /** Looks at the positions there. */
  public ReaderHealth(DataSource dataSource, Clock clock) {
    this.jdbc = JdbcClient.create(dataSource);
    this.clock = clock;
  }

  /** Age of the oldest event that the reader has not taken yet; zero if it has taken all. */
  public Duration behind(String reader) {
    Optional<Instant> oldest =
        jdbc.sql(
                """
                select recorded_at from telemetry.event
                where shard = 0 and sequence > coalesce(
                  (select position from telemetry.reader_position where reader = :reader), 0)
                order by sequence limit 1
                """)
            .param("reader", reader)
            .query(OffsetDateTime.class)
            .optional()
            .map(OffsetDateTime::toInstant);
    return oldest.map(then -> Duration.between(then, clock.instant())).orElse(Duration.ZERO);
  }

  /**
   * A reader of the log.
   *
   * @param position the last event it has taken
   * @param lag how many events it has not taken yet
   * @param behind age of the oldest of these; zero if there is none
   * @param parked how many it could not take and left aside
   */
  public record Reader(String name, long position, long lag, Duration behind, long parked) {}

  /** Every reader that ever ran, by name. */
  public List<Reader> readers() {
    long head = head();
    return jdbc
        .sql("select reader, position from telemetry.reader_position order by reader")
        .query((row, n) -> Map.entry(row.getString("reader"), row.getLong("position")))
        .list()
        .stream()
        .map(
            at ->
                new Reader(
                    at.getKey(),
                    at.getValue(),
                    Math.max(0, head - at.getValue()),
                    behind(at.getKey()),
                    parked(at.getKey())))
        .toList();
  }

  /** The newest event of the log; 0 if there is none. */
  public long head() {
    return jdbc.sql("select coalesce(max(sequence), 0) from telemetry.event where shard = 0")
        .query(Long.class)
        .single();
  }

  /** How many events the reader could not take and left aside. */
  public long parked(String reader) {
    return jdbc.sql("select count(*) from telemetry.parked_event where reader = :reader")
        .param("reader", reader)
        .query(Long.class)
        .single();
  }
}
