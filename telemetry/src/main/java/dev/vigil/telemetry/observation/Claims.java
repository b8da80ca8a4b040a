package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Lets one transaction at a time ask for an identifier and create what carries it. The locks are
 * PostgreSQL's advisory ones, a few for all identifiers, taken in one order by everybody.
 */
final class Claims {

  private static final int BUCKETS = 64;

  /** Keeps these locks apart from others: "clai" in ASCII. */
  private static final int LOCK_CLASS = 0x636c6169;

  /** A row that may carry an identifier: the hash is right. */
  private record Candidate(ObservationKey key, int tenant, long hash, int shape, byte[] leaves) {

    boolean carries(ObservationIdentifier identifier, Shape of) {
      Kept kept = new Kept(null, 0.0, hash, "", "");
      String raw = Leaves.unpack(leaves, of, kept).get(of.identifierLeaf());
      return of.index().identifies(identifier.system())
          && new Leaf(Leaf.Kind.STRING, "value", raw).text().equals(identifier.value());
    }
  }

  private record Hashed(int tenant, long hash) {}

  private record Side(int tenant, String system, String code) {}

  private final JdbcClient jdbc;
  private final TenantNumbers tenants;
  private final PostgresShapes shapes;
  private final PackedWeeks packed;

  Claims(JdbcClient jdbc, TenantNumbers tenants, PostgresShapes shapes, PackedWeeks packed) {
    this.packed = packed;
    this.jdbc = jdbc;
    this.tenants = tenants;
    this.shapes = shapes;
  }

  Map<ObservationIdentifier, Set<ObservationKey>> claim(Set<ObservationIdentifier> identifiers) {
    if (identifiers.isEmpty()) {
      return Map.of();
    }
    lock(identifiers);
    Map<ObservationIdentifier, Set<ObservationKey>> found = new HashMap<>();
    inRows(identifiers, found);
    inEntries(identifiers, found);
    return found;
  }

  /** A statement of its own, so that the next one sees what those we waited for have committed. */
  private void lock(Set<ObservationIdentifier> identifiers) {
    Set<Integer> buckets = new TreeSet<>(); // One order for all.
    identifiers.forEach(identifier -> buckets.add(bucket(identifier)));
    jdbc.sql(
            """
            select count(*) from (
              select pg_advisory_xact_lock(:class, bucket)
              from unnest(:buckets) with ordinality as b (bucket, n) order by n) as locked
            """)
        .param("class", LOCK_CLASS)
        .param("buckets", buckets.toArray(Integer[]::new), Types.ARRAY)
        .query(Long.class)
        .single();
  }

  private static int bucket(ObservationIdentifier identifier) {
    return Math.floorMod(
        Objects.hash(identifier.tenant().value(), identifier.system(), identifier.value()),
        BUCKETS);
  }

  private void inRows(
      Set<ObservationIdentifier> identifiers,
      Map<ObservationIdentifier, Set<ObservationKey>> found) {
    Map<Hashed, Set<ObservationIdentifier>> asked = new HashMap<>();
    for (ObservationIdentifier identifier : identifiers) {
      asked
          .computeIfAbsent(
              new Hashed(tenants.find(identifier.tenant()), IdentifierHash.of(identifier.value())),
              hashed -> new HashSet<>())
          .add(identifier);
    }
    List<Candidate> candidates =
        jdbc.sql(
                """
                select telemetry.observation_key(place, rare) as key, tenant, identifier, shape_id,
                  leaves
                from %s
                where tenant = any(:tenants) and identifier = any(:hashes)
                """
                    .formatted(rows(asked.keySet())))
            .param(
                "tenants",
                asked.keySet().stream().map(Hashed::tenant).distinct().toArray(Integer[]::new),
                Types.ARRAY)
            .param(
                "hashes",
                asked.keySet().stream().map(Hashed::hash).distinct().toArray(Long[]::new),
                Types.ARRAY)
            .query(
                (row, n) ->
                    new Candidate(
                        new ObservationKey(row.getLong("key")),
                        row.getInt("tenant"),
                        row.getLong("identifier"),
                        row.getInt("shape_id"),
                        row.getBytes("leaves")))
            .list();
    Map<Integer, Map<Integer, Shape>> shapesOf = new HashMap<>();
    candidates.stream()
        .collect(
            Collectors.groupingBy(
                Candidate::tenant, Collectors.mapping(Candidate::shape, Collectors.toSet())))
        .forEach((tenant, ids) -> shapesOf.put(tenant, shapes.of(tenant, ids)));
    for (Candidate candidate : candidates) {
      Shape shape = shapesOf.get(candidate.tenant()).get(candidate.shape());
      for (ObservationIdentifier identifier :
          asked.getOrDefault(new Hashed(candidate.tenant(), candidate.hash()), Set.of())) {
        if (candidate.carries(identifier, shape)) {
          add(found, identifier, candidate.key());
        }
      }
    }
  }

  private String rows(Set<Hashed> asked) {
    String prefixes =
        asked.stream()
            .map(hashed -> BlockIdentifiers.prefix(hashed.hash()))
            .distinct()
            .map(String::valueOf)
            .collect(Collectors.joining(",", "'{", "}'::bigint[]"));
    return packed.within(0, Week.MAX + 1, List.of(BlockIdentifiers.blocksOf(prefixes)));
  }

  private void inEntries(
      Set<ObservationIdentifier> identifiers,
      Map<ObservationIdentifier, Set<ObservationKey>> found) {
    Map<Side, ObservationIdentifier> asked = new HashMap<>();
    for (ObservationIdentifier identifier : identifiers) {
      asked.put(
          new Side(
              tenants.find(identifier.tenant()),
              EntryRow.clean(identifier.system()),
              EntryRow.clean(identifier.value())),
          identifier);
    }
    jdbc.sql(
            """
            select telemetry.observation_key(observation.place, rare) as key, e.tenant, system, code
            from telemetry.observation_entry as e
            join telemetry.observation on %s
            where e.tenant = any(:tenants) and e.param = :param and e.kind = 'token'
              and e.code = any(:codes) and md5(e.code) = any(select md5(c) from unnest(:codes) as c)
            """
                .formatted(Places.joined("e")))
        .param(
            "tenants",
            asked.keySet().stream().map(Side::tenant).distinct().toArray(Integer[]::new),
            Types.ARRAY)
        .param("param", ShapeIndex.IDENTIFIER)
        .param("codes", asked.keySet().stream().map(Side::code).toArray(String[]::new), Types.ARRAY)
        .query(
            row -> {
              ObservationIdentifier identifier =
                  asked.get(
                      new Side(
                          row.getInt("tenant"), row.getString("system"), row.getString("code")));
              if (identifier != null) {
                add(found, identifier, new ObservationKey(row.getLong("key")));
              }
            });
  }

  private static void add(
      Map<ObservationIdentifier, Set<ObservationKey>> found,
      ObservationIdentifier identifier,
      ObservationKey key) {
    found.computeIfAbsent(identifier, it -> new HashSet<>()).add(key);
  }
}
