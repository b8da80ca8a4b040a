package dev.vigil.bench.store;

import java.time.Duration;
import java.util.Set;

/**
 * What a run does.
 *
 * @param rows printed; the load runs also when none of its rows is
 * @param columns measured
 * @param clients senders at a time
 * @param patients of the load
 * @param each how long each row of writes is measured; a search a quarter of it
 * @param warmUp writes before the first row
 * @param conditional whether entries with an identifier are created only if there is none
 * @param heap of each server
 */
record StorePlan(
    Set<Row> rows,
    Set<Column> columns,
    int clients,
    int patients,
    Duration each,
    Duration warmUp,
    boolean conditional,
    String heap) {

  /** Copies the sets. */
  StorePlan {
    rows = Set.copyOf(rows);
    columns = Set.copyOf(columns);
  }

  boolean prints(Row row) {
    return rows.contains(row);
  }

  Duration eachSearch() {
    return each.dividedBy(4);
  }
}
