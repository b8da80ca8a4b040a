package dev.vigil.telemetry;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tells whether two states of a projection hold the same rows, in whatever order PostgreSQL keeps
 * them: the sum of a 60-bit hash of each row's text, with the number of rows.
 */
public final class RowChecksum {

  private final JdbcClient jdbc;

  /** On the data source of the transactions that change the rows. */
  public RowChecksum(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  /**
   * The state that the caller's transaction sees, as one line for people.
   *
   * @param tables schema-qualified names, from code and never from outside
   * @return for example {@code 1204 rows 0f3a...}
   */
  public String of(List<String> tables) {
    long rows = 0;
    StringBuilder sums = new StringBuilder();
    for (String table : tables) {
      // The text of a moment depends on the session's zone, so it is hashed in UTC.
      jdbc.sql("select set_config('TimeZone', 'UTC', true)").query(String.class).single();
      Sum sum =
          jdbc.sql(
                  "select count(*) as rows, coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)"
                      + "::bigint), 0) as sum from "
                      + table
                      + " as t")
              .query((row, n) -> new Sum(row.getLong("rows"), row.getBigDecimal("sum")))
              .single();
      rows += sum.rows();
      sums.append(sums.isEmpty() ? "" : "-").append(sum.sum().toBigInteger().toString(16));
    }
    return String.format(Locale.ROOT, "%d rows %s", rows, sums);
  }

  private record Sum(long rows, BigDecimal sum) {}
}
