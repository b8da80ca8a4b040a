package dev.vigil.telemetry.log;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Walks the hash chain from its beginning and holds it against signed heads; takes no key that
 * decrypts. What was changed after the last head that a witness has, by somebody who made the
 * hashes fit, cannot be told.
 */
public final class ChainVerifier {

  /**
   * What the walk found.
   *
   * @param events how many there are
   * @param headSequence of the last one, 0 if there is none
   * @param headHash its stored SHA-256 in lower-case hex; 64 zeros if there is none
   * @param heads how many signed heads the log was held against
   * @param broken the first broken link, empty if the chain is whole
   */
  public record Verification(
      long events, long headSequence, String headHash, long heads, Optional<BrokenLink> broken) {}

  /**
   * A link that does not hold.
   *
   * @param sequence of the event at which it was seen; with a missing event its own
   * @param reason in words, for example {@code missing}, {@code not linked to the event before},
   *     {@code changed}, or what a signed head tells against it
   */
  public record BrokenLink(long sequence, String reason) {}

  /**
   * What is known from elsewhere.
   *
   * @param heads of a witness, read before the walk begins
   * @param keys public keys by id; empty if signatures cannot be checked
   */
  public record Witnessed(List<SignedHead> heads, Map<UUID, PublicKey> keys) {

    /** Nothing is known from elsewhere. */
    public static final Witnessed NOTHING = new Witnessed(List.of(), Map.of());
  }

  private record Stored(EventRow row, byte[] previousHash, byte[] hash) {}

  private static final int ROWS = 200;
  private static final int BYTES = 8_000_000;

  private final DataSource dataSource;
  private final JdbcClient jdbc;

  /**
   * On the log's database; needs to read {@code telemetry.event} and {@code telemetry.signed_head}.
   */
  public ChainVerifier(DataSource dataSource) {
    this.dataSource = dataSource;
    this.jdbc = JdbcClient.create(dataSource);
  }

  /** Walks without a witness. */
  public Verification verify() {
    return verify(Witnessed.NOTHING);
  }

  /** Walks to the head as it is when the walk gets there. Memory does not grow with the log. */
  public Verification verify(Witnessed witnessed) {
    List<SignedHead> heads = new HeadTable(dataSource).after(0, 0, Integer.MAX_VALUE);
    ChainWalk walk = new ChainWalk(new HeadEvidence(heads, witnessed.heads(), witnessed.keys()));
    long after = Long.MIN_VALUE;
    for (List<Stored> batch = after(after); !batch.isEmpty(); batch = after(after)) {
      for (Stored event : batch) {
        walk.take(event.row(), event.previousHash(), event.hash());
        after = event.row().sequence();
      }
    }
    return walk.end();
  }

  /**
   * Walks a dump: the text that {@code pg_dump} writes, plain, with the tables {@code
   * telemetry.event} and {@code telemetry.signed_head}. No database is needed.
   *
   * @throws IOException if it cannot be read, or holds no event table
   */
  public static Verification verifyDump(Path dump, Witnessed witnessed) throws IOException {
    DumpedLog log = new DumpedLog(dump);
    ChainWalk walk =
        new ChainWalk(new HeadEvidence(log.heads(), witnessed.heads(), witnessed.keys()));
    log.events(walk::take);
    return walk.end();
  }

  private List<Stored> after(long sequence) {
    return jdbc.sql(
            """
            select * from (
              select *, sum(octet_length(payload)) over (order by sequence) as total,
                row_number() over (order by sequence) as n
              from telemetry.event
              where shard = 0 and sequence > :after
              order by sequence
              limit :rows) as batch
            where total < :bytes or n = 1
            order by sequence
            """)
        .param("after", sequence)
        .param("rows", ROWS)
        .param("bytes", BYTES)
        .query(
            (row, n) ->
                new Stored(EventRow.of(row), row.getBytes("previous_hash"), row.getBytes("hash")))
        .list();
  }
}
