package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The partitions of {@code telemetry.observation}. The database's own function makes them, for the
 * role that writes may not make tables.
 */
public final class ObservationPartitions {

  private final JdbcClient jdbc;
  private final Set<Integer> made = ConcurrentHashMap.newKeySet();

  /** On the data source of the transactions that write. */
  public ObservationPartitions(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  /**
   * Makes the partitions of this week and the coming ones. Meant for a schedule: who writes into a
   * week whose partition is missing makes it in its own transaction, and others with the same need
   * wait for that one.
   *
   * @param weeks how many beyond this one
   */
  public void makeAhead(Instant now, int weeks) {
    int current = Week.of(now);
    for (int week = current; week <= current + weeks; week++) {
      ensure(Set.of(week));
    }
  }

  /** Makes what is missing for some weeks, in the caller's transaction. */
  void ensure(Collection<Integer> weeks) {
    Set<Integer> missing = new TreeSet<>(); // One order for all writers.
    for (Integer week : weeks) {
      int first = Week.partitionBegins(week);
      if (!made.contains(first)) {
        missing.add(first);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            select telemetry.add_observation_partition(week)
            from unnest(:weeks) with ordinality as missing (week, n)
            order by n
            """)
        .param("weeks", missing.toArray(Integer[]::new), Types.ARRAY)
        .query((row, n) -> n)
        .list();
    AfterCommit.run(() -> made.addAll(missing));
  }
}
