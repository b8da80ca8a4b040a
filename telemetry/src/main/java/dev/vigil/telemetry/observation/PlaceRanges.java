package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * All places as ranges of a few partitions, to be asked one after the other: the planner spends
 * time on each partition that a statement may touch. Which partitions there are is remembered for a
 * while; that decides where ranges end, and never what belongs to one.
 */
final class PlaceRanges {

  /** The coming weeks that are made ahead, this one and the last. */
  private static final int NEWEST = 6;

  private static final int OLDEST = 2;
  private static final int LAST_WEEK = Week.MAX + 1;
  private static final String PREFIX = "observation_w";
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private record Known(List<Integer> weeks, long since) {}

  /** From the first place of a week to before that of another. */
  record Range(int fromWeek, int behindWeek) {

    String condition() {
      return "observation.place >= "
          + Week.place(fromWeek)
          + " and observation.place < "
          + Week.place(behindWeek);
    }

    /** No row of it, or of a later one, ends before. */
    Instant begins() {
      return fromWeek == 0 ? Instant.MIN : Week.begins(fromWeek);
    }
  }

  private final JdbcClient jdbc;
  private volatile Known known;

  PlaceRanges(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The newest first; each of more partitions. */
  List<Range> descending() {
    List<Integer> weeks = weeks();
    List<Range> ranges = new ArrayList<>();
    int behind = LAST_WEEK;
    int size = NEWEST;
    for (int left = weeks.size() - size; left > 0; left -= size) {
      ranges.add(new Range(weeks.get(left), behind));
      behind = weeks.get(left);
      size = ranges.size() == 1 ? 4 : size * 2;
    }
    ranges.add(new Range(0, behind));
    return ranges;
  }

  /** The oldest first; each of more partitions. */
  List<Range> ascending() {
    List<Integer> weeks = weeks();
    List<Range> ranges = new ArrayList<>();
    int from = 0;
    int size = OLDEST;
    for (int next = size; next < weeks.size(); next += size) {
      ranges.add(new Range(from, weeks.get(next)));
      from = weeks.get(next);
      size *= 2;
    }
    ranges.add(new Range(from, LAST_WEEK));
    return ranges;
  }

  private List<Integer> weeks() {
    Known now = known;
    if (now == null || System.nanoTime() - now.since() > KEPT_NANOS) {
      now = new Known(read(), System.nanoTime());
      known = now;
    }
    return now.weeks();
  }

  /** The first week of each partition, ascending. */
  private List<Integer> read() {
    List<Integer> weeks =
        new ArrayList<>(
            jdbc.sql(
                    """
                    select substr(relname, length(:prefix) + 1)::integer
                    from pg_inherits join pg_class on pg_class.oid = inhrelid
                    where inhparent = 'telemetry.observation'::regclass
                    """)
                .param("prefix", PREFIX)
                .query(Integer.class)
                .list());
    Collections.sort(weeks);
    return weeks;
  }
}
