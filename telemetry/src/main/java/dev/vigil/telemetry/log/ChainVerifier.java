package dev.vigil.telemetry.log;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Walks the hash chain from its beginning. What was cut off at the end leaves a chain that is
 * whole: compare the head with one that was noted elsewhere.
 */
public final class ChainVerifier {

  /**
   * What the walk found.
   *
   * @param events how many there are
   * @param headSequence of the last one, 0 if there is none
   * @param headHash its stored SHA-256 in lower-case hex; 64 zeros if there is none
   * @param broken the first broken link, empty if the chain is whole
   */
  public record Verification(
      long events, long headSequence, String headHash, Optional<BrokenLink> broken) {}

  /**
   * A link that does not hold.
   *
   * @param sequence of the event at which it was seen; with a missing event its own
   * @param reason {@code missing}, {@code not linked to the event before} or {@code changed}
   */
  public record BrokenLink(long sequence, String reason) {}

  private record Link(EventRow row, byte[] previousHash, byte[] hash) {}

  private static final int ROWS = 200;
  private static final int CHARACTERS = 8_000_000;

  private final JdbcClient jdbc;

  /** On the log's database; needs to read {@code telemetry.event} only. */
  public ChainVerifier(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  /** Walks to the head as it is when the walk gets there. Memory does not grow with the log. */
  public Verification verify() {
    Walk walk = new Walk();
    for (List<Link> batch = after(0); !batch.isEmpty(); batch = after(walk.sequence)) {
      batch.forEach(walk::take);
    }
    return new Verification(
        walk.events, walk.sequence, HexFormat.of().formatHex(walk.hash), walk.broken);
  }

  private List<Link> after(long sequence) {
    return jdbc.sql(
            """
            select * from (
              select *, sum(octet_length(payload)) over (order by sequence) as total,
                row_number() over (order by sequence) as n
              from telemetry.event
              where shard = 0 and sequence > :after
              order by sequence
              limit :rows) as batch
            where total < :characters or n = 1
            order by sequence
            """)
        .param("after", sequence)
        .param("rows", ROWS)
        .param("characters", CHARACTERS)
        .query(
            (row, n) ->
                new Link(EventRow.of(row), row.getBytes("previous_hash"), row.getBytes("hash")))
        .list();
  }

  private static final class Walk {

    private long events;
    private long sequence;
    private byte[] hash = EventRow.GENESIS;
    private Optional<BrokenLink> broken = Optional.empty();

    private void take(Link link) {
      long expected = sequence + 1;
      if (broken.isEmpty()) {
        if (link.row().sequence() != expected) {
          broken = Optional.of(new BrokenLink(expected, "missing"));
        } else if (!Arrays.equals(link.previousHash(), hash)) {
          broken = Optional.of(new BrokenLink(expected, "not linked to the event before"));
        } else if (!Arrays.equals(link.row().hashAfter(hash), link.hash())) {
          broken = Optional.of(new BrokenLink(expected, "changed"));
        }
      }
      events++;
      sequence = link.row().sequence();
      hash = link.hash();
    }
  }
}
