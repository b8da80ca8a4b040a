package dev.vigil.telemetry.observation;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.ObservationsExpired;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.UnreadableEventException;
import dev.vigil.telemetry.observation.ExpectedRows.Expected;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Builds the rows of Observations anew from the log, one Observation after the other: what the
 * tables hold of it is compared with what the writer would write, and where that differs it is
 * removed and written again by the writer. All is compared on one snapshot; nobody waits but for
 * those moments in which something is written again, and nobody sees an Observation missing.
 */
public final class ObservationRebuild {

  private static final int BATCH = 200;

  /**
   * What was found and done.
   *
   * @param rows checksums of the Observations that the log tells of
   * @param repaired how many were written again
   * @param untold how many living ones the log does not tell of in full; they are left as they are
   * @param busy how many would have to be written again and were being written by others
   */
  public record Result(Rebuilt rows, long repaired, long untold, long busy) {}

  private final JdbcClient jdbc;
  private final NamedParameterJdbcTemplate batches;
  private final TransactionTemplate snapshot;
  private final TransactionTemplate repair;
  private final EventLog log;
  private final Observations store;
  private final TenantNumbers tenants;
  private final PostgresShapes shapes;
  private final Targets targets;
  private final PackedWeeks packed;
  private final ObservationErasure erasure;
  private final ObservationPrints prints;
  private final IndexExtractor extractor;
  private final ContentReader contents;

  /**
   * On the data source of the transaction manager and the log.
   *
   * @param listener told of each Observation that is written again
   */
  public ObservationRebuild(
      DataSource dataSource,
      PlatformTransactionManager transactionManager,
      EventLog log,
      IndexExtractor extractor,
      ContentReader contents,
      ShapeListener listener) {
    this.batches = new NamedParameterJdbcTemplate(dataSource);
    this.jdbc = JdbcClient.create(batches);
    this.snapshot = new TransactionTemplate(transactionManager);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.repair = new TransactionTemplate(transactionManager);
    this.repair.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    this.log = log;
    this.store =
        new PostgresObservations(
            dataSource, new ObservationPartitions(dataSource), extractor, listener);
    this.tenants = new TenantNumbers(jdbc);
    this.shapes = new PostgresShapes(dataSource, extractor);
    this.targets = new Targets(jdbc);
    this.packed = new PackedWeeks(jdbc);
    this.erasure = new ObservationErasure(jdbc, targets, packed);
    this.prints = new ObservationPrints(jdbc, packed);
    this.extractor = extractor;
    this.contents = contents;
  }

  /**
   * Compares and repairs.
   *
   * @param progress told how many events of how many are done
   */
  public Result rebuild(BiConsumer<Long, Long> progress) {
    Run run = run(progress);
    String before = run.before.toString();
    long repaired = run.repaired;
    while (run.repaired > 0 && run.unresolved > 0) { // What they refer to may be there now.
      run = run(progress);
      repaired += run.repaired;
    }
    return new Result(
        new Rebuilt(before, run.after.toString()), repaired, run.living - run.current, run.busy);
  }

  private Run run(BiConsumer<Long, Long> progress) {
    Run run = new Run(progress);
    snapshot.executeWithoutResult(status -> run.compareAll());
    return run;
  }

  private final class Run {

    private final BiConsumer<Long, Long> progress;
    private final ToldVersions versions = new ToldVersions(batches);
    private final ExpectedRows expectedRows =
        new ExpectedRows(shapes, targets, extractor, contents);
    private final Map<Integer, Set<Integer>> crossings = new HashMap<>();
    private final Set<String> writtenSince = new HashSet<>();
    private final Set<TenantId> removedSince = new HashSet<>();
    private final Sum before = new Sum();
    private final Sum after = new Sum();
    private long seen;
    private long current;
    private long living;
    private long repaired;
    private long unresolved;
    private long busy;

    Run(BiConsumer<Long, Long> progress) {
      this.progress = progress;
    }

    void compareAll() {
      long head = log.head();
      seen = head;
      versions.begin();
      walk(head, versions::note);
      ToldObservations told = new ToldObservations(log, jdbc, tenants, versions);
      walk(
          head,
          events -> {
            compare(told.of(events));
            progress.accept(events.get(events.size() - 1).sequence(), head);
          });
      living = packed.count();
    }

    private void walk(long head, Consumer<List<LoggedEvent>> step) {
      long position = 0;
      while (position < head) {
        try {
          List<LoggedEvent> events = log.read(position, BATCH);
          position = events.get(events.size() - 1).sequence();
          step.accept(events);
        } catch (UnreadableEventException e) {
          position++; // What it told counts as untold.
        }
      }
    }

    private void compare(List<ToldObservation> told) {
      Map<TenantId, List<ToldObservation>> byTenant = new LinkedHashMap<>();
      for (ToldObservation one : told) {
        byTenant.computeIfAbsent(one.tenant(), unseen -> new ArrayList<>()).add(one);
      }
      byTenant.forEach(this::compare);
    }

    private void compare(TenantId tenantId, List<ToldObservation> told) {
      int tenant = tenants.find(tenantId);
      Map<ObservationKey, Expected> expected = new LinkedHashMap<>();
      expectedRows.of(tenant, told).forEach(one -> expected.put(one.told().key(), one));
      unresolved += told.size() - expected.size();
      if (expected.isEmpty()) {
        return;
      }
      Map<ObservationKey, ObservationPrints.Found> stored =
          prints.stored(tenant, places(expected.values()));
      List<Expected> differing = new ArrayList<>();
      for (Expected one : expected.values()) {
        ObservationPrints.Found found = stored.get(one.told().key());
        current += found.current() ? 1 : 0;
        if (!found.current() && expiredWithItsWeek(one)) {
          continue;
        }
        before.add(found.text());
        boolean same =
            one.rows()
                .map(rows -> ObservationPrints.expected(one.told(), rows).text())
                .filter(found.text()::equals)
                .isPresent();
        if (same && !(one.crossing() && !crossings(tenant).contains(one.week()))) {
          after.add(found.text());
        } else {
          differing.add(one);
        }
      }
      if (!differing.isEmpty()) {
        repair(tenantId, tenant, differing, stored);
      }
    }

    private boolean expiredWithItsWeek(Expected one) {
      return !one.told().newest().deleted()
          && versions.emptied(one.told().tenant(), one.week()) > one.told().newest().sequence();
    }

    private Set<Integer> crossings(int tenant) {
      return crossings.computeIfAbsent(
          tenant,
          number ->
              jdbc.sql("select week from telemetry.observation_crossing where tenant = :tenant")
                  .param("tenant", number)
                  .query(Integer.class)
                  .set());
    }

    private void repair(
        TenantId tenantId,
        int tenant,
        List<Expected> differing,
        Map<ObservationKey, ObservationPrints.Found> stored) {
      Map<ObservationKey, ObservationPrints.Found> rebuilt = new HashMap<>();
      try {
        repair.executeWithoutResult(
            status -> rebuilt.putAll(writeAgain(tenantId, tenant, differing)));
      } catch (PessimisticLockingFailureException e) {
        rebuilt.clear(); // Somebody else was writing one of them: all of them count as busy.
      }
      for (Expected one : differing) {
        ObservationPrints.Found now = rebuilt.get(one.told().key());
        if (now == null) {
          busy++;
          after.add(stored.get(one.told().key()).text());
        } else {
          repaired++;
          after.add(now.text());
        }
      }
    }

    /**
     * The lock of the log comes first: nobody can commit a version meanwhile. What somebody is
     * writing, or wrote since the snapshot, is left out.
     */
    private Map<ObservationKey, ObservationPrints.Found> writeAgain(
        TenantId tenantId, int tenant, List<Expected> differing) {
      log.lock();
      follow();
      Map<ObservationKey, Expected> chosen = new LinkedHashMap<>();
      for (Expected one : differing) {
        if (!removedSince.contains(tenantId)
            && !writtenSince.contains(tenantId + "/" + one.told().id())) {
          chosen.put(one.told().key(), one);
        }
      }
      moveBack(tenant, chosen.values());
      chosen.keySet().retainAll(Set.copyOf(erasure.lock(tenant, chosen.keySet())));
      if (chosen.isEmpty()) {
        return Map.of();
      }
      erasure.erase(tenant, chosen.keySet());
      TreeMap<Long, List<ObservationWrite>> writes = new TreeMap<>();
      for (Expected one : chosen.values()) {
        for (int i = 0; i < one.writes().size(); i++) {
          writes
              .computeIfAbsent(one.told().versions().get(i).sequence(), unseen -> new ArrayList<>())
              .add(one.writes().get(i));
        }
      }
      writes.forEach((sequence, ofEvent) -> store.record(tenantId, sequence, ofEvent));
      return prints.stored(tenant, places(chosen.values()));
    }

    /**
     * What was written since the snapshot, and whose Observations an erasure or a policy has
     * removed some of: of those nothing may come back.
     */
    private void follow() {
      long now = log.head();
      while (seen < now) {
        try {
          List<LoggedEvent> events = log.read(seen, BATCH);
          for (LoggedEvent event : events) {
            if (event.event() instanceof PersonErased
                || event.event() instanceof ObservationsExpired) {
              removedSince.add(event.tenant());
            } else if (event.event() instanceof ResourcesWritten written) {
              for (ResourceChange change : written.changes()) {
                if (change.version() > 1 && change.type().equals("Observation")) {
                  writtenSince.add(event.tenant() + "/" + change.id());
                }
              }
            }
          }
          seen = events.get(events.size() - 1).sequence();
        } catch (UnreadableEventException e) {
          seen++;
        }
      }
    }

    /** So that what lies in another week than its key says is found there and removed. */
    private void moveBack(int tenant, Collection<Expected> expected) {
      for (Expected one : expected) {
        if (one.place() != one.told().key().value()) {
          jdbc.sql(
                  """
                  insert into telemetry.observation_place (tenant, key, id, place)
                  values (:tenant, :key, :id, :place)
                  on conflict on constraint observation_place_pk do update set place = excluded.place
                  """)
              .param("tenant", tenant)
              .param("key", one.told().key().value())
              .param("id", one.told().id())
              .param("place", one.place())
              .update();
        }
      }
    }
  }

  private static Map<ObservationKey, Long> places(Collection<Expected> expected) {
    Map<ObservationKey, Long> places = new HashMap<>();
    expected.forEach(one -> places.put(one.told().key(), one.place()));
    return places;
  }

  /** The sum of a 60-bit hash of each Observation's rows, and how many there are. */
  private static final class Sum {

    private long observations;
    private BigInteger sum = BigInteger.ZERO;

    void add(String rows) {
      if (!rows.isEmpty()) {
        observations++;
        long hash = ByteBuffer.wrap(Shape.sha256(rows)).getLong() >>> 4;
        sum = sum.add(BigInteger.valueOf(hash));
      }
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d Observations %s", observations, sum.toString(16));
    }
  }
}
