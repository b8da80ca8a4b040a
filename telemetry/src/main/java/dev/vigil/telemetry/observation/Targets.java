package dev.vigil.telemetry.observation;

import java.sql.Types;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What rows refer to in their columns, from {@code telemetry.target}: each Patient, Device and
 * DeviceMetric has a number. Those that were committed are kept in memory.
 */
final class Targets {

  /** Beyond that the memory is emptied, and fills again with those in use. */
  private static final int MOST_KEPT = 200_000;

  /** Whoever is written together is asked for together, so neighbours are read as well. */
  private static final int BLOCK = 64;

  /**
   * One of them.
   *
   * @param pid its number in HAPI's store
   * @param id its logical id; null if only an older version wrote of it
   */
  record Target(int number, String type, long pid, String id) {}

  private record ByPid(int tenant, long pid) {}

  private record ByNumber(int tenant, int number) {}

  private record ById(int tenant, String type, String id) {}

  private final JdbcClient jdbc;
  private final Map<ByPid, Target> byPid = new ConcurrentHashMap<>();
  private final Map<ByNumber, Target> byNumber = new ConcurrentHashMap<>();
  private final Map<ById, Long> pids = new ConcurrentHashMap<>();

  Targets(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The targets of links by PID; new ones are written in the caller's transaction. Of two
   * transactions with the same new target one waits for the other.
   *
   * @param links to resources of this server
   */
  Map<Long, Target> of(int tenant, Collection<ObservationLink> links) {
    Map<Long, Target> targets = new HashMap<>();
    Map<Long, ObservationLink> unknown = new TreeMap<>(); // One order for all writers.
    for (ObservationLink link : links) {
      Target known = byPid.get(new ByPid(tenant, link.targetPid()));
      if (known != null && known.id() != null) {
        targets.put(known.pid(), known);
      } else {
        unknown.put(link.targetPid(), link);
      }
    }
    if (!unknown.isEmpty()) {
      find(tenant, unknown.keySet()).stream()
          .filter(target -> target.id() != null || unknown.get(target.pid()).targetId() == null)
          .forEach(target -> targets.put(target.pid(), target));
      unknown.keySet().removeAll(targets.keySet());
      if (!unknown.isEmpty()) {
        add(tenant, unknown.values());
        find(tenant, unknown.keySet()).forEach(target -> targets.put(target.pid(), target));
      }
      List<Target> found = List.copyOf(targets.values());
      AfterCommit.run(() -> keep(tenant, found));
    }
    return targets;
  }

  /** Those of the targets that rows may refer to already, by PID. Writes nothing. */
  Map<Long, Target> known(int tenant, Set<Long> pids) {
    Map<Long, Target> known = new HashMap<>();
    if (!pids.isEmpty()) {
      find(tenant, pids).stream()
          .filter(target -> target.id() != null)
          .forEach(target -> known.put(target.pid(), target));
    }
    return known;
  }

  /** Numbers of those of the resources that any row ever referred to in a column. */
  Set<Integer> numbers(int tenant, Collection<Long> pids) {
    Set<Integer> numbers = new HashSet<>();
    Set<Long> unknown = new HashSet<>();
    for (Long pid : pids) {
      Target known = byPid.get(new ByPid(tenant, pid));
      if (known == null) {
        unknown.add(pid);
      } else {
        numbers.add(known.number());
      }
    }
    if (!unknown.isEmpty()) {
      List<Target> found = find(tenant, unknown);
      found.forEach(target -> numbers.add(target.number()));
      AfterCommit.run(() -> keep(tenant, found));
    }
    return numbers;
  }

  /**
   * Targets by number. Kept at once, also within a long transaction: a number is never given twice,
   * so one whose target is rolled back stands in no row.
   */
  Map<Integer, Target> byNumber(int tenant, Set<Integer> numbers) {
    Map<Integer, Target> targets = new HashMap<>();
    Set<Integer> unknown = new HashSet<>();
    for (Integer number : numbers) {
      Target known = byNumber.get(new ByNumber(tenant, number));
      if (known == null) {
        unknown.add(number);
      } else {
        targets.put(number, known);
      }
    }
    if (!unknown.isEmpty()) {
      List<Target> found =
          jdbc.sql(
                  """
                  select target.number, type, pid, id
                  from unnest(:blocks) as block (number)
                  join telemetry.target
                    on target.number >= block.number and target.number < block.number + :size
                  where tenant = :tenant
                  """)
              .param("tenant", tenant)
              .param(
                  "blocks",
                  unknown.stream()
                      .map(number -> Math.floorDiv(number, BLOCK) * BLOCK)
                      .distinct()
                      .toArray(Integer[]::new),
                  Types.ARRAY)
              .param("size", BLOCK)
              .query(Target.class)
              .list();
      for (Target target : found) {
        if (unknown.contains(target.number())) {
          targets.put(target.number(), target);
        }
        if (target.id() != null) {
          byNumber.put(new ByNumber(tenant, target.number()), target);
        }
      }
      if (byNumber.size() > MOST_KEPT) {
        byNumber.clear();
      }
    }
    return targets;
  }

  /**
   * The number in HAPI's store of what has a logical id, if any row ever referred to it. An id is
   * never given to another resource: nothing is expunged, and an erased person does not come back.
   */
  OptionalLong pid(int tenant, String type, String id) {
    if (!type.equals(NewRow.PATIENT_TYPE) && !NewRow.DEVICE_TYPES.contains(type)) {
      return OptionalLong.empty();
    }
    ById key = new ById(tenant, type, id);
    Long known = pids.get(key);
    if (known != null) {
      return OptionalLong.of(known);
    }
    Optional<Target> found =
        jdbc.sql(
                """
                select number, type, pid, id from telemetry.target
                where tenant = :tenant and type = :type and id = :id
                """)
            .param("tenant", tenant)
            .param("type", type)
            .param("id", id)
            .query(Target.class)
            .optional();
    found.ifPresent(target -> AfterCommit.run(() -> keep(tenant, List.of(target))));
    return found.stream().mapToLong(Target::pid).findAny();
  }

  private void keep(int tenant, Collection<Target> targets) {
    if (byPid.size() > MOST_KEPT) {
      byPid.clear();
      byNumber.clear();
      pids.clear();
    }
    for (Target target : targets) {
      byPid.put(new ByPid(tenant, target.pid()), target);
      if (target.id() != null) {
        byNumber.put(new ByNumber(tenant, target.number()), target);
        pids.put(new ById(tenant, target.type(), target.id()), target.pid());
      }
    }
  }

  private List<Target> find(int tenant, Set<Long> pids) {
    return jdbc.sql(
            """
            select number, type, pid, id from telemetry.target
            where tenant = :tenant and pid = any(:pids)
            """)
        .param("tenant", tenant)
        .param("pids", pids.toArray(Long[]::new), Types.ARRAY)
        .query(Target.class)
        .list();
  }

  private void add(int tenant, Collection<ObservationLink> links) {
    jdbc.sql(
            """
            insert into telemetry.target as present (tenant, type, pid, id)
            select :tenant, type, pid, id from unnest(:types, :pids, :ids) as link (type, pid, id)
            on conflict on constraint target_pid_uq do update set id = excluded.id
            where present.id is null
            """)
        .param("tenant", tenant)
        .param(
            "types",
            links.stream().map(ObservationLink::targetType).toArray(String[]::new),
            Types.ARRAY)
        .param(
            "pids",
            links.stream().map(ObservationLink::targetPid).toArray(Long[]::new),
            Types.ARRAY)
        .param(
            "ids",
            links.stream().map(ObservationLink::targetId).toArray(String[]::new),
            Types.ARRAY)
        .update();
  }
}
