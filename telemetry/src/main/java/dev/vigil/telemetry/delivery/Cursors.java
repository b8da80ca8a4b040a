package dev.vigil.telemetry.delivery;

import dev.vigil.telemetry.Timestamptz;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of the destinations. */
final class Cursors {

  private final JdbcClient jdbc;

  Cursors(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  /** The destination's cursor; a destination never seen begins at that position. */
  Cursor openAt(String channel, Destination destination, long position) {
    statement(
            """
            insert into telemetry.delivery (tenant_id, channel, destination, position)
            values (:tenant, :channel, :destination, :position)
            on conflict on constraint delivery_pk do nothing
            """,
            channel,
            destination)
        .param("position", position)
        .update();
    return statement(
            """
            select position, attempts, next_attempt_at, first_failed_at from telemetry.delivery
            where tenant_id = :tenant and channel = :channel and destination = :destination
            """,
            channel,
            destination)
        .query(
            (row, n) ->
                new Cursor(
                    row.getLong("position"),
                    row.getInt("attempts"),
                    instant(row, "next_attempt_at"),
                    instant(row, "first_failed_at")))
        .single();
  }

  /**
   * Writes a cursor.
   *
   * @param error what went wrong last; null if nothing did, and the last one stays
   */
  void save(String channel, Destination destination, Cursor cursor, String error) {
    statement(
            """
            update telemetry.delivery set position = :position, attempts = :attempts,
              next_attempt_at = :nextAttemptAt, first_failed_at = :firstFailedAt,
              state = case when :failing then 'failing' else 'ok' end,
              last_error = coalesce(:error, last_error)
            where tenant_id = :tenant and channel = :channel and destination = :destination
            """,
            channel,
            destination)
        .param("position", cursor.position())
        .param("attempts", cursor.attempts())
        .param("nextAttemptAt", timestamp(cursor.nextAttemptAt()), Types.TIMESTAMP_WITH_TIMEZONE)
        .param("firstFailedAt", timestamp(cursor.firstFailedAt()), Types.TIMESTAMP_WITH_TIMEZONE)
        .param("failing", cursor.failing())
        .param("error", error, Types.VARCHAR)
        .update();
  }

  void bury(
      String channel,
      Destination destination,
      long sequence,
      String error,
      int attempts,
      Instant now) {
    statement(
            """
            insert into telemetry.dead_letter
              (tenant_id, channel, destination, sequence, error, attempts, failed_at)
            values (:tenant, :channel, :destination, :sequence, :error, :attempts, :now)
            on conflict on constraint dead_letter_pk do nothing
            """,
            channel,
            destination)
        .param("sequence", sequence)
        .param("error", error)
        .param("attempts", attempts)
        .param("now", Timestamptz.of(now))
        .update();
  }

  private JdbcClient.StatementSpec statement(String sql, String channel, Destination destination) {
    return jdbc.sql(sql)
        .param("tenant", destination.tenant().value())
        .param("channel", channel)
        .param("destination", destination.id());
  }

  private static OffsetDateTime timestamp(Optional<Instant> moment) {
    return moment.map(Timestamptz::of).orElse(null);
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
