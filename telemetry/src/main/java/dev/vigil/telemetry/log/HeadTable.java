package dev.vigil.telemetry.log;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code telemetry.signed_head}, and the head they sign. */
final class HeadTable {

  /** An event that can be signed as a head. */
  record Head(long sequence, byte[] hash) {}

  private final JdbcClient jdbc;

  HeadTable(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  /** Lets one process sign at a time, to the transaction's end. */
  void lock(int shard) {
    jdbc.sql("select pg_advisory_xact_lock(hashtext('telemetry.signed_head'), :shard)")
        .param("shard", shard)
        .query(row -> {});
  }

  Optional<Head> newestEvent(int shard) {
    return jdbc.sql(
            """
            select sequence, hash from telemetry.event
            where shard = :shard order by sequence desc limit 1
            """)
        .param("shard", shard)
        .query((row, n) -> new Head(row.getLong("sequence"), row.getBytes("hash")))
        .optional();
  }

  Optional<SignedHead> newest(int shard) {
    return jdbc.sql(
            """
            select * from telemetry.signed_head
            where shard = :shard order by number desc limit 1
            """)
        .param("shard", shard)
        .query((row, n) -> head(row))
        .optional();
  }

  List<SignedHead> after(int shard, long number, int max) {
    return jdbc.sql(
            """
            select * from telemetry.signed_head
            where shard = :shard and number > :number order by number limit :max
            """)
        .param("shard", shard)
        .param("number", number)
        .param("max", max)
        .query((row, n) -> head(row))
        .list();
  }

  void add(SignedHead head) {
    jdbc.sql(
            """
            insert into telemetry.signed_head (shard, number, sequence, event_hash, signed_at,
              key_id, previous_digest, signature)
            values (:shard, :number, :sequence, :hash, :at, :key, :previous, :signature)
            """)
        .param("shard", head.shard())
        .param("number", head.number())
        .param("sequence", head.sequence())
        .param("hash", head.eventHash())
        .param("at", head.signedAt().atOffset(ZoneOffset.UTC))
        .param("key", head.key())
        .param("previous", head.previousDigest())
        .param("signature", head.signature())
        .update();
  }

  private static SignedHead head(ResultSet row) throws SQLException {
    return new SignedHead(
        row.getInt("shard"),
        row.getLong("number"),
        row.getLong("sequence"),
        row.getBytes("event_hash"),
        row.getObject("signed_at", OffsetDateTime.class).toInstant(),
        row.getObject("key_id", UUID.class),
        row.getBytes("previous_digest"),
        row.getBytes("signature"));
  }
}
