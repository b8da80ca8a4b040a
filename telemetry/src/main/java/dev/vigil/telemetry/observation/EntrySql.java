package dev.vigil.telemetry.observation;

import dev.vigil.telemetry.observation.Criterion.DateBound;
import dev.vigil.telemetry.observation.Criterion.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Conditions on an index entry {@code e}, on numbers and on times, as SQL. */
final class EntrySql {

  /** Numbers in base units were computed: they differ in the last digits. */
  private static final double COMPUTED = 1e-9;

  /** So many characters of a text are in the index. */
  private static final int INDEXED = 200;

  /** No text goes on with these: the greatest character is none. */
  private static final String GREATEST = Character.toString(Character.MAX_CODE_POINT).repeat(3);

  private static final String SLOT_NUMBER =
      "(telemetry.slot_number(observation.value, observation.rare, e.slot) * e.factor + e.shift)";

  private final SqlParameters parameters;

  EntrySql(SqlParameters parameters) {
    this.parameters = parameters;
  }

  /** What the entry itself tells: its kind, and all but what a row may keep. */
  String fixed(Criterion.OnEntry criterion) {
    String param = "e.param = " + parameters.text(criterion.param());
    if (criterion instanceof Criterion.Token token) {
      return param + " and e.kind = 'token'" + system(token.system()) + codes(token);
    }
    if (criterion instanceof Criterion.Text text) {
      return param + " and e.kind = 'text' and " + text(text);
    }
    if (criterion instanceof Criterion.Number number) {
      return param + " and e.kind = 'number' and " + range("e.number", number.range());
    }
    if (criterion instanceof Criterion.Quantity quantity) {
      return param + unit(quantity) + " and " + range("e.number", range(quantity));
    }
    if (criterion instanceof Criterion.Date date) {
      return param + " and e.kind = 'date' and " + bounds("e.low", "e.high", date.bounds());
    }
    if (criterion instanceof Criterion.Uri uri) {
      return param
          + " and e.kind = 'uri' and "
          + (uri.prefix() ? starts(uri.value()) : equal(uri.value()));
    }
    return param;
  }

  /** An entry of a shape whose rest the row may keep; null if the criterion has no such. */
  String open(Criterion.OnEntry criterion) {
    String param = "e.param = " + parameters.text(criterion.param());
    if (criterion instanceof Criterion.Token token) {
      return param + " and e.kind = 'identifier'" + system(token.system());
    }
    if (criterion instanceof Criterion.Number) {
      return param + " and e.kind = 'number' and e.slot is not null";
    }
    if (criterion instanceof Criterion.Quantity quantity) {
      return param + unit(quantity) + " and e.slot is not null";
    }
    return criterion instanceof Criterion.Date ? param + " and e.kind = 'effective'" : null;
  }

  /** What the row has to tell then, with the entry {@code e} at hand. */
  String rest(Criterion.OnEntry criterion) {
    return rest(criterion, SLOT_NUMBER);
  }

  /** The same for an entry whose slot, factor and shift are known. */
  String rest(Criterion.OnEntry criterion, int slot, double factor, double shift) {
    String number =
        slot == 0
            ? "observation.value"
            : "telemetry.slot_number(observation.value, observation.rare, " + slot + ")";
    return rest(
        criterion,
        factor == 1 && shift == 0 ? number : "(" + number + " * " + factor + " + " + shift + ")");
  }

  private String rest(Criterion.OnEntry criterion, String number) {
    if (criterion instanceof Criterion.Token token) {
      if (token.codes() == null) {
        return "observation.identifier is not null";
      }
      Long[] hashes = token.codes().stream().map(IdentifierHash::of).toArray(Long[]::new);
      // Of one value the planner knows as much beforehand, and need not plan each time.
      return "observation.identifier = "
          + (hashes.length == 1
              ? parameters.big(hashes[0])
              : "any(" + parameters.array(hashes) + ")");
    }
    if (criterion instanceof Criterion.Number it) {
      return range(number, it.range());
    }
    if (criterion instanceof Criterion.Quantity quantity) {
      return range(number, range(quantity));
    }
    return effective(((Criterion.Date) criterion).bounds());
  }

  /** Bounds on the time of the row; what it implies for its begin, the indexes know. */
  String effective(List<DateBound> bounds) {
    String from = "observation.effective_from";
    List<String> conditions = new ArrayList<>();
    conditions.add(from + " is not null");
    for (DateBound bound : bounds) {
      String comparison = comparison(bound);
      if (bound.edge() == DateBound.Edge.LOW) {
        conditions.add(parameters.rounded("hour_of", from, comparison, bound.moment()));
      } else {
        conditions.add(
            "telemetry.effective_until(%s, observation.rare) %s %s"
                .formatted(from, comparison, parameters.moment(bound.moment())));
        if (comparison.startsWith("<")) { // What ends before has begun before.
          conditions.add(
              "telemetry.hour_of(%s) <= telemetry.hour_of(%s)"
                  .formatted(from, parameters.moment(bound.moment())));
        }
      }
    }
    return String.join(" and ", conditions);
  }

  private String system(String system) {
    return system == null ? "" : " and e.system = " + parameters.text(system);
  }

  private String codes(Criterion.Token token) {
    if (token.codes() == null) {
      return "";
    }
    String[] codes = token.codes().stream().map(EntryRow::clean).toArray(String[]::new);
    String array = parameters.array(codes);
    return " and e.code = any("
        + array
        + ") and md5(e.code) = any(select md5(c) from unnest("
        + array
        + ") as c)";
  }

  private String text(Criterion.Text text) {
    return switch (text.mode()) {
      case EXACT -> "e.exact = " + parameters.text(text.value());
      case NORMALIZED -> equal(text.value());
      case STARTS -> starts(text.value());
      case CONTAINS -> "e.code like " + like(text.value(), true, true);
      case ENDS -> "e.code like " + like(text.value(), true, false);
    };
  }

  /** The index holds the first characters only. */
  private String equal(String value) {
    return "left(e.code, %d) = %s and e.code = %s"
        .formatted(INDEXED, parameters.text(beginning(value)), parameters.text(value));
  }

  /** As a range of the index, which knows no pattern that is a parameter. */
  private String starts(String value) {
    String first = parameters.text(beginning(value));
    String behind = parameters.text(beginning(value) + GREATEST);
    return "left(e.code, %1$d) ~>=~ %2$s and left(e.code, %1$d) ~<~ %3$s and e.code like %4$s"
        .formatted(INDEXED, first, behind, like(value, false, true));
  }

  private static String beginning(String value) {
    String clean = EntryRow.clean(value);
    int length = clean.codePointCount(0, clean.length());
    return length <= INDEXED ? clean : clean.substring(0, clean.offsetByCodePoints(0, INDEXED));
  }

  private String like(String value, boolean before, boolean after) {
    String escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    return parameters.text((before ? "%" : "") + escaped + (after ? "%" : ""));
  }

  private String unit(Criterion.Quantity quantity) {
    return " and e.kind = '"
        + (quantity.canonical() ? "canonical" : "quantity")
        + "'"
        + system(quantity.system())
        + (quantity.unit() == null ? "" : " and e.code = " + parameters.text(quantity.unit()));
  }

  private static Range range(Criterion.Quantity quantity) {
    Range range = quantity.range();
    if (!quantity.canonical()) {
      return range;
    }
    Double low = range.low();
    Double high = range.high();
    return new Range(
        low == null ? null : low + (range.lowIncluded() ? -1 : 1) * Math.abs(low) * COMPUTED,
        range.lowIncluded(),
        high == null ? null : high + (range.highIncluded() ? 1 : -1) * Math.abs(high) * COMPUTED,
        range.highIncluded());
  }

  private String range(String number, Range range) {
    List<String> conditions = new ArrayList<>();
    if (range.low() != null) {
      conditions.add(
          number + (range.lowIncluded() ? " >= " : " > ") + parameters.number(range.low()));
    }
    if (range.high() != null) {
      conditions.add(
          number + (range.highIncluded() ? " <= " : " < ") + parameters.number(range.high()));
    }
    return conditions.isEmpty() ? number + " is not null" : String.join(" and ", conditions);
  }

  private String bounds(String low, String high, List<DateBound> bounds) {
    return bounds.isEmpty()
        ? "true"
        : bounds.stream()
            .map(
                bound ->
                    (bound.edge() == DateBound.Edge.LOW ? low : high)
                        + comparison(bound)
                        + parameters.moment(bound.moment()))
            .collect(Collectors.joining(" and "));
  }

  private static String comparison(DateBound bound) {
    return switch (bound.comparison()) {
      case LT -> "<";
      case LE -> "<=";
      case GT -> ">";
      case GE -> ">=";
    };
  }
}
