package dev.vigil.telemetry.observation;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * All that is stored of an Observation, in all tables, as lines of text in a fixed order: once as
 * the tables hold it, once as the writer would write it. Equal texts are equal rows.
 */
final class ObservationPrints {

  /** What rows of both tables have in common, in one order. */
  private static final String CONTENT =
      """
      version, patient, device, shape_id, effective_from, value, identifier, updated_at, sequence,
        rare, leaves\
      """;

  private final JdbcClient jdbc;
  private final PackedWeeks packed;

  ObservationPrints(JdbcClient jdbc, PackedWeeks packed) {
    this.jdbc = jdbc;
    this.packed = packed;
  }

  /** What the tables hold. */
  static final class Found {

    private final SortedMap<String, Integer> lines = new TreeMap<>();
    private boolean current;

    private void add(Object... parts) {
      lines.merge(line(parts), 1, Integer::sum);
    }

    /** Whether there is a version that is not deleted. */
    boolean current() {
      return current;
    }

    /** Of all its rows. */
    String text() {
      return lines.entrySet().stream()
          .map(line -> line.getValue() + " " + line.getKey())
          .collect(Collectors.joining("\n"));
    }
  }

  private static String line(Object... parts) {
    return Stream.of(parts).map(ObservationPrints::part).collect(Collectors.joining("|"));
  }

  private static String part(Object part) {
    if (part instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    return part instanceof String text // With a mark, so that 7 and "7" differ.
        ? Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + '"'
        : String.valueOf(part);
  }

  /**
   * What the tables hold of some Observations.
   *
   * @param places where each should lie
   */
  Map<ObservationKey, Found> stored(int tenant, Map<ObservationKey, Long> places) {
    Map<ObservationKey, Found> found = new HashMap<>();
    places.keySet().forEach(key -> found.put(key, new Found()));
    Map<Long, ObservationKey> keyAt = new HashMap<>();
    places.forEach((key, place) -> keyAt.put(place, key));
    current(tenant, places.values(), found);
    Long[] keys = ObservationReader.values(places.keySet());
    versions(tenant, keys, found);
    jdbc.sql(
            """
            select key, id, place from telemetry.observation_place
            where tenant = :tenant and key = any(:keys)
            """)
        .param("tenant", tenant)
        .param("keys", keys, Types.ARRAY)
        .query(
            row -> {
              found
                  .get(new ObservationKey(row.getLong("key")))
                  .add("P", row.getString("id"), row.getLong("place"));
            });
    beside(tenant, keyAt, found);
    return found;
  }

  /**
   * What the tables should hold of an Observation.
   *
   * @param rows of its versions, null for deletions
   */
  static Found expected(ToldObservation told, List<NewRow> rows) {
    Found expected = new Found();
    NewRow last = null;
    boolean mapped = false;
    for (int i = 0; i < rows.size(); i++) {
      ToldObservation.Version version = told.versions().get(i);
      ToldObservation.Version next = i + 1 < rows.size() ? told.versions().get(i + 1) : null;
      NewRow row = rows.get(i);
      String content = row == null ? deletion(version, last) : content(row);
      if (row != null) {
        last = row;
        mapped |= row.mapped();
      }
      if (next != null || row == null) {
        expected.add(
            "V",
            row == null,
            next == null ? null : TimeColumn.micros(next.at()),
            next == null ? null : next.sequence(),
            content);
      } else {
        expected.current = true;
        expected.add("C", row.place(), content);
        beside(row, expected);
      }
    }
    if (mapped) {
      expected.add("P", told.id(), last.place());
    }
    return expected;
  }

  private static String content(NewRow row) {
    return line(
        row.version().number(),
        row.patient(),
        row.device(),
        row.shape().id(),
        row.effectiveFrom(),
        row.value(),
        row.identifier(),
        TimeColumn.micros(row.version().updatedAt()),
        row.sequence(),
        row.rare(),
        row.leaves());
  }

  private static String deletion(ToldObservation.Version version, NewRow before) {
    return line(
        version.number(),
        before.patient(),
        null,
        null,
        null,
        null,
        null,
        TimeColumn.micros(version.at()),
        version.sequence(),
        before.rare(),
        null);
  }

  private static void beside(NewRow row, Found expected) {
    for (IndexEntry entry : row.entries()) {
      MapSqlParameterSource columns = EntryRow.parameters(entry);
      IndexEntry.Date date = entry instanceof IndexEntry.Date it ? it : null;
      expected.add(
          "E",
          columns.getValue("kind"),
          columns.getValue("param"),
          columns.getValue("element"),
          columns.getValue("system"),
          columns.getValue("code"),
          columns.getValue("exact"),
          columns.getValue("number"),
          date == null ? null : micros(date.low(), Long.MIN_VALUE),
          date == null ? null : micros(date.high(), Long.MAX_VALUE));
    }
    for (ObservationLink link : row.links()) {
      expected.add(
          "L",
          link.path(),
          link.targetType(),
          link.targetPid(),
          link.targetId(),
          link.targetVersion(),
          EntryRow.clean(link.url()));
    }
  }

  private static long micros(Instant moment, long open) {
    return moment == null ? open : TimeColumn.micros(moment);
  }

  private void current(int tenant, Collection<Long> places, Map<ObservationKey, Found> found) {
    jdbc.sql(
            """
            select place, telemetry.observation_key(place, rare) as key, %s
            from %s where tenant = :tenant and %s
            """
                .formatted(CONTENT, packed.at(places), Places.at(places)))
        .param("tenant", tenant)
        .query(
            row -> {
              Found one = found.get(new ObservationKey(row.getLong("key")));
              if (one != null) {
                one.current = true;
                one.add("C", row.getLong("place"), content(row));
              }
            });
  }

  private void versions(int tenant, Long[] keys, Map<ObservationKey, Found> found) {
    jdbc.sql(
            """
            select key, deleted, superseded_at, superseded_sequence, %s
            from telemetry.observation_version where tenant = :tenant and key = any(:keys)
            """
                .formatted(CONTENT))
        .param("tenant", tenant)
        .param("keys", keys, Types.ARRAY)
        .query(
            row -> {
              found
                  .get(new ObservationKey(row.getLong("key")))
                  .add(
                      "V",
                      row.getBoolean("deleted"),
                      micros(row, "superseded_at"),
                      row.getObject("superseded_sequence", Long.class),
                      content(row));
            });
  }

  private static String content(ResultSet row) throws SQLException {
    return line(
        row.getInt("version"),
        row.getObject("patient", Integer.class),
        row.getObject("device", Integer.class),
        row.getObject("shape_id", Integer.class),
        micros(row, "effective_from"),
        row.getObject("value", Double.class),
        row.getObject("identifier", Long.class),
        micros(row, "updated_at"),
        row.getLong("sequence"),
        row.getString("rare"),
        row.getBytes("leaves"));
  }

  private static Long micros(ResultSet row, String column) throws SQLException {
    OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
    return moment == null ? null : TimeColumn.micros(moment.toInstant());
  }

  private void beside(
      int tenant, Map<Long, ObservationKey> keyAt, Map<ObservationKey, Found> found) {
    Long[] places = keyAt.keySet().toArray(Long[]::new);
    jdbc.sql(
            """
            select place, kind, param, element, system, code, exact, number, low, high
            from telemetry.observation_entry where tenant = :tenant and place = any(:places)
            """)
        .param("tenant", tenant)
        .param("places", places, Types.ARRAY)
        .query(
            row -> {
              found
                  .get(keyAt.get(row.getLong("place")))
                  .add(
                      "E",
                      row.getString("kind"),
                      row.getString("param"),
                      row.getInt("element"),
                      row.getString("system"),
                      row.getString("code"),
                      row.getString("exact"),
                      row.getObject("number", Double.class),
                      micros(row, "low"),
                      micros(row, "high"));
            });
    jdbc.sql(
            """
            select place, path, target_type, target_pid, target_id, target_version, url
            from telemetry.observation_link where tenant = :tenant and place = any(:places)
            """)
        .param("tenant", tenant)
        .param("places", places, Types.ARRAY)
        .query(
            row -> {
              found
                  .get(keyAt.get(row.getLong("place")))
                  .add(
                      "L",
                      row.getString("path"),
                      row.getString("target_type"),
                      row.getObject("target_pid", Long.class),
                      row.getString("target_id"),
                      row.getObject("target_version", Long.class),
                      row.getString("url"));
            });
  }
}
