package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.time.Instant;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;

/** Parameters of a statement under construction; each gets a name of its own. */
final class SqlParameters {

  private final MapSqlParameterSource source;
  private int count;

  SqlParameters(int tenant) {
    this.source = new MapSqlParameterSource("tenant", tenant);
  }

  MapSqlParameterSource source() {
    return source;
  }

  String text(String value) {
    return add(EntryRow.clean(value), Types.VARCHAR);
  }

  String number(double value) {
    return add(value, Types.DOUBLE);
  }

  String number(int value) {
    return add(value, Types.INTEGER);
  }

  String big(long value) {
    return add(value, Types.BIGINT);
  }

  String moment(Instant value) {
    return add(TimeColumn.of(value), Types.VARCHAR) + "::timestamptz";
  }

  /**
   * A comparison of a column with a moment, and of both when rounded down, which an index knows.
   *
   * @param rounding a function of the schema
   * @param comparison one of {@code <}, {@code <=}, {@code >}, {@code >=}
   */
  String rounded(String rounding, String column, String comparison, Instant value) {
    String moment = moment(value);
    return "(telemetry.%1$s(%2$s) %3$s= telemetry.%1$s(%4$s) and %2$s %5$s %4$s)"
        .formatted(rounding, column, comparison.charAt(0), moment, comparison);
  }

  String array(Object[] values) {
    return add(values, Types.ARRAY);
  }

  private String add(Object value, int type) {
    String name = "p" + count++;
    source.addValue(name, value, type);
    return ":" + name;
  }
}
