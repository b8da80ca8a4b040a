package dev.vigil.telemetry.reader;

import dev.vigil.telemetry.Timestamptz;
import java.time.Instant;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of the readers. */
final class ReaderPositions {

  private final JdbcClient jdbc;

  ReaderPositions(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  /** Begins a reader there if it has no position yet. */
  void beginAt(String reader, long position) {
    jdbc.sql(
            """
            insert into telemetry.reader_position (reader, position) values (:reader, :position)
            on conflict on constraint reader_position_pk do nothing
            """)
        .param("reader", reader)
        .param("position", position)
        .update();
  }

  /**
   * The reader's position, locked to the end of the transaction. Its commit does not wait for the
   * disk, unless it appends to the log: what a crash of PostgreSQL takes goes with the position,
   * and is done again.
   */
  long lock(String reader) {
    return jdbc.sql(
            """
            select position, set_config('synchronous_commit', 'off', true)
            from telemetry.reader_position where reader = :reader for update
            """)
        .param("reader", reader)
        .query((row, n) -> row.getLong("position"))
        .single();
  }

  void moveTo(String reader, long position) {
    jdbc.sql("update telemetry.reader_position set position = :position where reader = :reader")
        .param("reader", reader)
        .param("position", position)
        .update();
  }

  void park(String reader, long sequence, String error, Instant now) {
    jdbc.sql(
            """
            insert into telemetry.parked_event (tenant_id, reader, sequence, error, parked_at)
            select tenant_id, :reader, sequence, :error, :now from telemetry.event
            where shard = 0 and sequence = :sequence
            on conflict on constraint parked_event_pk do nothing
            """)
        .param("reader", reader)
        .param("sequence", sequence)
        .param("error", error)
        .param("now", Timestamptz.of(now))
        .update();
  }
}
