package dev.vigil.telemetry.observation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;

/** Index entries as the columns that the tables of entries have in common. */
final class EntryRow {

  private EntryRow() {}

  static MapSqlParameterSource parameters(IndexEntry entry) {
    MapSqlParameterSource row =
        new MapSqlParameterSource("kind", kind(entry))
            .addValue("param", entry.param())
            .addValue("element", entry.element());
    String system = null;
    String code = null;
    String exact = null;
    Double number = null;
    Moments moments = Moments.NONE;
    if (entry instanceof IndexEntry.Token token) {
      system = token.system();
      code = token.code();
    } else if (entry instanceof IndexEntry.Text text) {
      code = text.normalized();
      exact = text.exact();
    } else if (entry instanceof IndexEntry.Number it) {
      number = it.value();
    } else if (entry instanceof IndexEntry.Quantity quantity) {
      system = quantity.system();
      code = quantity.unit();
      number = quantity.value();
    } else if (entry instanceof IndexEntry.Uri uri) {
      code = uri.uri();
    } else if (entry instanceof IndexEntry.Date date) {
      moments = Moments.of(date.low(), date.high());
    }
    return row.addValue("system", clean(system), Types.VARCHAR)
        .addValue("code", clean(code), Types.VARCHAR)
        .addValue("exact", clean(exact), Types.VARCHAR)
        .addValue("number", number, Types.DOUBLE)
        .addValue("low", moments.low(), Types.VARCHAR)
        .addValue("high", moments.high(), Types.VARCHAR);
  }

  private record Moments(String low, String high) {
    static final Moments NONE = new Moments(null, null);

    static Moments of(Instant low, Instant high) {
      return new Moments(TimeColumn.earliest(low), TimeColumn.latest(high));
    }
  }

  /** PostgreSQL keeps no U+0000 in a text, and no query can ask for it. */
  static String clean(String text) {
    return text == null ? null : text.replace("\u0000", "");
  }

  static String kind(IndexEntry entry) {
    if (entry instanceof IndexEntry.Quantity quantity) {
      return quantity.canonical() ? "canonical" : "quantity";
    }
    return entry.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  /** An entry of a shape, also one whose number, time or code is in the row. */
  static IndexEntry read(ResultSet row) throws SQLException {
    String param = row.getString("param");
    int element = row.getInt("element");
    String system = row.getString("system");
    String code = row.getString("code");
    double number = row.getDouble("number");
    String kind = row.getString("kind");
    return switch (kind) {
      case "token", "identifier" -> new IndexEntry.Token(param, element, system, code);
      case "text" -> new IndexEntry.Text(param, element, code, row.getString("exact"));
      case "number" -> new IndexEntry.Number(param, element, number);
      case "uri" -> new IndexEntry.Uri(param, element, code);
      case "date", "effective" ->
          new IndexEntry.Date(param, element, moment(row, "low"), moment(row, "high"));
      default ->
          new IndexEntry.Quantity(param, element, system, code, number, kind.equals("canonical"));
    };
  }

  private static Instant moment(ResultSet row, String column) throws SQLException {
    return TimeColumn.read(row.getObject(column, OffsetDateTime.class));
  }
}
