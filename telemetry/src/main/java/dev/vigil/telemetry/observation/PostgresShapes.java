package dev.vigil.telemetry.observation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The shapes of all tenants in {@code telemetry.shape}, with what searches find in them. Those that
 * were committed are kept in memory, for they never change.
 */
final class PostgresShapes {

  /** Beyond that the memory is emptied, and fills again with those in use. */
  private static final int MOST_KEPT = 20_000;

  private record ByTemplate(int tenant, String template) {}

  private record ById(int tenant, int id) {}

  private final NamedParameterJdbcTemplate batches;
  private final JdbcClient jdbc;
  private final IndexExtractor extractor;
  private final Map<ByTemplate, Shape> byTemplate = new ConcurrentHashMap<>();
  private final Map<ById, Shape> byId = new ConcurrentHashMap<>();

  PostgresShapes(DataSource dataSource, IndexExtractor extractor) {
    this.batches = new NamedParameterJdbcTemplate(dataSource);
    this.jdbc = JdbcClient.create(batches);
    this.extractor = extractor;
  }

  /** One Observation of a shape. */
  record Example(Split split, String json) {}

  /**
   * The shapes of Observations by template; new ones are written in the caller's transaction. Of
   * two transactions with the same new shape one waits for the other.
   *
   * @param examples by template
   */
  Map<String, Shape> of(int tenant, Map<String, Example> examples) {
    Map<String, Shape> shapes = new HashMap<>();
    Map<String, Example> unknown = new TreeMap<>(); // One order for all writers.
    examples.forEach(
        (template, example) -> {
          Shape known = byTemplate.get(new ByTemplate(tenant, template));
          if (known != null) {
            shapes.put(template, known);
          } else {
            unknown.put(template, example);
          }
        });
    if (!unknown.isEmpty()) {
      List<Shape> found = find(tenant, unknown.keySet());
      found.forEach(shape -> shapes.put(shape.template(), shape));
      unknown.keySet().removeAll(shapes.keySet());
      if (!unknown.isEmpty()) {
        unknown.values().forEach(example -> add(tenant, example.split(), example.json()));
        List<Shape> added = find(tenant, unknown.keySet());
        added.forEach(shape -> shapes.put(shape.template(), shape));
      }
      AfterCommit.run(() -> keep(tenant, shapes.values()));
    }
    return shapes;
  }

  /** Shapes by number. */
  Map<Integer, Shape> of(int tenant, Set<Integer> ids) {
    Map<Integer, Shape> shapes = new HashMap<>();
    Set<Integer> unknown = new HashSet<>();
    for (Integer id : ids) {
      Shape known = byId.get(new ById(tenant, id));
      if (known == null) {
        unknown.add(id);
      } else {
        shapes.put(id, known);
      }
    }
    if (!unknown.isEmpty()) {
      for (Shape shape : load(tenant, unknown)) {
        shapes.put(shape.id(), shape);
        byId.put(new ById(tenant, shape.id()), shape); // A number is never given twice.
      }
    }
    return shapes;
  }

  /** The shape with a template that was committed; null for none. */
  Shape known(int tenant, String template) {
    Shape known = byTemplate.get(new ByTemplate(tenant, template));
    if (known == null) {
      List<Shape> found = find(tenant, Set.of(template));
      if (!found.isEmpty()) {
        known = found.get(0);
        AfterCommit.run(() -> keep(tenant, found));
      }
    }
    return known;
  }

  private void keep(int tenant, Collection<Shape> shapes) {
    if (byTemplate.size() > MOST_KEPT) {
      byTemplate.clear();
      byId.clear();
    }
    for (Shape shape : shapes) {
      byTemplate.put(new ByTemplate(tenant, shape.template()), shape);
      byId.put(new ById(tenant, shape.id()), shape);
    }
  }

  private List<Shape> find(int tenant, Set<String> templates) {
    Set<Integer> ids =
        jdbc.sql(
                """
                select shape_id from telemetry.shape
                where tenant = :tenant and hash = any(:hashes)
                """)
            .param("tenant", tenant)
            .param(
                "hashes", templates.stream().map(Shape::sha256).toArray(byte[][]::new), Types.ARRAY)
            .query(Integer.class)
            .set();
    return ids.isEmpty() ? List.of() : load(tenant, ids);
  }

  private List<Shape> load(int tenant, Set<Integer> ids) {
    Integer[] numbers = ids.toArray(Integer[]::new);
    Map<Integer, List<Shared>> entries =
        jdbc
            .sql(
                """
                select shape_id, kind, param, element, system, code, exact, number, slot, factor,
                  shift, low, high
                from telemetry.shape_entry
                where tenant = :tenant and shape_id = any(:ids)
                """)
            .param("tenant", tenant)
            .param("ids", numbers, Types.ARRAY)
            .query((row, n) -> Map.entry(row.getInt("shape_id"), shared(row)))
            .list()
            .stream()
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    return jdbc.sql(
            """
            select shape_id, template, slots, identifier_leaf, covered
            from telemetry.shape
            where tenant = :tenant and shape_id = any(:ids)
            """)
        .param("tenant", tenant)
        .param("ids", numbers, Types.ARRAY)
        .query(
            (row, n) ->
                Shape.of(
                    row.getInt("shape_id"),
                    row.getString("template"),
                    new ShapeIndex(
                        entries.getOrDefault(row.getInt("shape_id"), List.of()),
                        Arrays.asList((Integer[]) row.getArray("slots").getArray()),
                        row.getObject("identifier_leaf", Integer.class),
                        row.getBoolean("covered"))))
        .list();
  }

  private static Shared shared(ResultSet row) throws SQLException {
    IndexEntry entry = EntryRow.read(row);
    return switch (row.getString("kind")) {
      case "effective" -> Shared.of(Shared.Source.EFFECTIVE, entry);
      case "identifier" -> Shared.of(Shared.Source.IDENTIFIER, entry);
      default -> {
        Integer slot = row.getObject("slot", Integer.class);
        yield slot == null
            ? Shared.of(Shared.Source.SAME, entry)
            : new Shared(
                Shared.Source.SLOT, entry, slot, row.getDouble("factor"), row.getDouble("shift"));
      }
    };
  }

  private void add(int tenant, Split split, String json) {
    ShapeIndex index = ShapeIndex.learn(split, json, extractor);
    List<Integer> added =
        jdbc.sql(
                """
                insert into telemetry.shape (tenant, hash, template, slots, identifier_leaf,
                  covered)
                values (:tenant, :hash, :template, :slots, :identifierLeaf, :covered)
                on conflict on constraint shape_hash_uq do nothing
                returning shape_id
                """)
            .param("tenant", tenant)
            .param("hash", Shape.sha256(split.template()))
            .param("template", split.template())
            .param("slots", index.slots().toArray(Integer[]::new), Types.ARRAY)
            .param("identifierLeaf", index.identifierLeaf(), Types.INTEGER)
            .param("covered", index.covered())
            .query(Integer.class)
            .list();
    if (added.isEmpty()) {
      return; // Another transaction added the same shape meanwhile.
    }
    List<MapSqlParameterSource> rows = new ArrayList<>();
    for (Shared shared : index.entries()) {
      rows.add(row(tenant, added.get(0), shared));
    }
    batches.batchUpdate(
        """
        insert into telemetry.shape_entry (tenant, shape_id, kind, param, element, system, code,
          exact, number, slot, factor, shift, low, high)
        values (:tenant, :shape, :kind, :param, :element, :system, :code,
          :exact, :number, :slot, :factor, :shift, :low::timestamptz, :high::timestamptz)
        """,
        rows.toArray(MapSqlParameterSource[]::new));
  }

  /** What differs from one Observation to the next is left out. */
  private static MapSqlParameterSource row(int tenant, int shape, Shared shared) {
    boolean slot = shared.source() == Shared.Source.SLOT;
    MapSqlParameterSource row =
        EntryRow.parameters(shared.entry())
            .addValue("tenant", tenant)
            .addValue("shape", shape)
            .addValue("slot", slot ? shared.slot() : null, Types.INTEGER)
            .addValue("factor", slot ? shared.factor() : null, Types.DOUBLE)
            .addValue("shift", slot ? shared.shift() : null, Types.DOUBLE);
    return switch (shared.source()) {
      case SAME -> row;
      case SLOT -> row.addValue("number", null, Types.DOUBLE);
      case IDENTIFIER -> row.addValue("kind", "identifier").addValue("code", "");
      case EFFECTIVE ->
          row.addValue("kind", "effective")
              .addValue("low", null, Types.VARCHAR)
              .addValue("high", null, Types.VARCHAR);
    };
  }
}
