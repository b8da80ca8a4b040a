package dev.vigil.telemetry.observation;

import static dev.vigil.telemetry.observation.PostgresObservationsTest.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ObservationsExpired;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourceChange.Stored;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.RowChecksum;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.observation.ObservationRebuild.Result;
import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Hazard: an Observation that a rebuild loses, changes, or brings back when it has to be gone. */
@Tag("safety")
class ObservationRebuildTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final TenantId OTHER = new TenantId("other");
  private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
  private static final Source SOURCE = new Source("test", "test");
  private static final List<String> TABLES =
      List.of(
          "telemetry.observation",
          "telemetry.observation_version",
          "telemetry.observation_place",
          "telemetry.observation_crossing",
          "telemetry.observation_entry",
          "telemetry.observation_link");

  private static final List<String> BLOCKS =
      List.of("telemetry.observation", "telemetry.observation_block");

  private final TestDatabase database = TestDatabase.fresh();
  private final DataKeys keys = database.keys();
  private final PostgresEventLog log =
      new PostgresEventLog(database.dataSource(), keys, Clock.systemUTC(), new LogSignal());
  private final Observations store =
      new PostgresObservations(
          database.dataSource(),
          new ObservationPartitions(database.dataSource()),
          new TestExtractor(),
          (tenant, sequence, shape, json) -> {});
  private final ObservationRebuild rebuild =
      new ObservationRebuild(
          database.dataSource(),
          database.transactionManager(),
          log,
          new TestExtractor(),
          (tenant, jsons) ->
              jsons.stream()
                  .map(PublishedObservations.FHIR.newJsonParser()::parseResource)
                  .map(Observation.class::cast)
                  .map(it -> new ContentReader.Content(effective(it), null, links(it)))
                  .map(Optional::of)
                  .toList(),
          (tenant, sequence, shape, json) -> {});

  private ObservationKey corrected;
  private ObservationKey mine;
  private ObservationKey deleted;
  private ObservationKey moved;

  /** Everything that a row can be: corrected, deleted, moved, named by a client, indexed beside. */
  @BeforeEach
  void fill() {
    for (int i = 0; i < 30; i++) {
      create(reading(60 + i, NOW.plus(Duration.ofHours(i))), null);
    }
    corrected = create(reading(100, NOW), null);
    change(corrected, null, 2, reading(101, NOW));
    change(corrected, null, 3, reading(102, NOW));
    mine = create(reading(103, NOW), "mine");
    change(mine, "mine", 2, reading(104, NOW.plus(Duration.ofDays(30))));
    deleted = create(reading(105, NOW), "gone");
    delete(deleted, "gone", 2);
    moved = create(reading(106, NOW), null);
    change(moved, null, 2, reading(107, NOW.minus(Duration.ofDays(300))));
    delete(moved, null, 3);
    change(moved, null, 4, reading(108, NOW.minus(Duration.ofDays(200))));
    Observation text = reading(1, NOW);
    text.setValue(new StringType("A narrative \u00e9")).setEffective(null);
    create(text, null);
    Observation spanning = reading(109, NOW);
    spanning.setEffective(
        new Period()
            .setStartElement(new DateTimeType("2026-01-01T00:00:00Z"))
            .setEndElement(new DateTimeType("2026-03-01T00:00:00Z")));
    spanning.addPerformer(new Reference("Practitioner/9"));
    create(spanning, null);
    write(OTHER, new Written(allocate(NOW), null, 1, reading(110, NOW)));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void findsNothingToDoWhereNothingIsWrong() {
    String rows = checksum();

    Result result = rebuild();

    assertThat(result).isEqualTo(new Result(result.rows(), 0, 0, 0));
    assertThat(result.rows().same()).as(result.rows().toString()).isTrue();
    assertThat(result.rows().before()).startsWith("37 Observations ");
    assertThat(checksum()).isEqualTo(rows);
  }

  @Test
  void writesTheSameRowsAgainWhenAllAreLost() {
    String rows = checksum();
    String sound = rebuild().rows().after();
    TABLES.forEach(table -> database.jdbc().sql("delete from " + table).update());

    Result result = rebuild();

    assertThat(result.repaired()).isEqualTo(37);
    assertThat(result.rows().before()).startsWith("0 Observations ");
    assertThat(result.rows().after()).isEqualTo(sound);
    assertThat(checksum()).isEqualTo(rows);
    assertThat(rebuild().repaired()).isZero();
    assertThat(store.load(TENANT, corrected, 2).orElseThrow().json()).contains("101.0");
  }

  @Test
  void writesAgainWhatIsLostOrChangedInAnyTable() {
    for (String damage :
        List.of(
            "update telemetry.observation set value = 1 where version = 3",
            "update telemetry.observation set sequence = sequence + 1 where version = 3",
            "update telemetry.observation set updated_at = now() where version = 3",
            "update telemetry.observation_version set superseded_sequence = 1 where superseded_at is not null",
            "update telemetry.observation_version set leaves = '\\x00' where version = 1 and not deleted",
            "delete from telemetry.observation_version where deleted",
            "delete from telemetry.observation_place where id = 'mine'",
            "update telemetry.observation_place set place = key where id = 'mine'",
            "delete from telemetry.observation_link",
            "delete from telemetry.observation_crossing",
            "delete from telemetry.observation_entry",
            "insert into telemetry.observation_entry select * from telemetry.observation_entry",
            "update telemetry.observation_entry set code = 'X' where kind = 'text'",
            "insert into telemetry.observation select * from telemetry.observation limit 1")) {
      String rows = checksum();
      assertThat(database.jdbc().sql(damage).update()).as(damage).isPositive();

      Result result = rebuild();

      assertThat(result.repaired()).as(damage).isPositive();
      assertThat(checksum()).as(damage).isEqualTo(rows);
      assertThat(rebuild().repaired()).as(damage).isZero();
    }
  }

  @Test
  void leavesBlocksAsTheyAreAndRepairsWhatIsWrongInOne() {
    for (int i = 0; i < 600; i++) {
      create(reading(300 + i, NOW.plusSeconds(i)), null);
    }
    String sound = rebuild().rows().after();
    assertThat(PackNow.pack(database)).isGreaterThan(600);
    String blocks = checksum(BLOCKS);

    Result result = rebuild();

    assertThat(result).isEqualTo(new Result(result.rows(), 0, 0, 0));
    assertThat(result.rows().before()).isEqualTo(sound);
    assertThat(checksum(BLOCKS)).isEqualTo(blocks);

    String one = " where id = (select max(id) from telemetry.observation_block)";
    for (String damage :
        List.of(
            "update telemetry.observation_block set sequence = sequence + 1" + one,
            "update telemetry.observation_block set leaf_head = '\\x00' || leaf_head" + one,
            "delete from telemetry.observation_block" + one,
            "insert into telemetry.observation (%1$s) select %1$s from telemetry.packed_observation limit 1"
                .formatted(PackedWeeks.COLUMNS))) {
      assertThat(database.jdbc().sql(damage).update()).as(damage).isEqualTo(1);
      assertThat(rebuild().repaired()).as(damage).isBetween(1L, 248L);
      assertThat(rebuild().rows().before()).as(damage).isEqualTo(sound);
      assertThat(inBlocks()).as(damage).isGreaterThan(200);
      assertThat(PackNow.pack(database)).as(damage).isGreaterThan(600);
    }
  }

  @Test
  void bringsNothingBackOfAnErasedPerson() {
    ObservationKey erased = create(reading(120, NOW), null, "p2");
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              keys.destroy(TENANT, new PatientId("p2"));
              store.erase(TENANT, List.of(erased));
            });
    String rows = checksum();

    assertThat(rebuild().repaired()).isZero();
    assertThat(store.findByKeys(TENANT, List.of(erased))).isEmpty();
    assertThat(checksum()).isEqualTo(rows);
  }

  @Test
  void bringsNothingBackThatAPolicyHasRemoved() {
    Instant old = NOW.minus(Duration.ofDays(700));
    ObservationKey week = create(reading(121, old), null);
    for (ObservationKey gone : List.of(corrected, mine)) {
      expire(gone, List.of(gone.id()));
    }
    expire(week, List.of());
    String rows = checksum();

    assertThat(rebuild().repaired()).isZero();
    assertThat(store.findByKeys(TENANT, List.of(corrected, mine, week))).isEmpty();
    assertThat(checksum()).isEqualTo(rows);

    ObservationKey again = create(reading(122, NOW), "mine");
    database.jdbc().sql("delete from telemetry.observation").update();
    rebuild();
    assertThat(store.findByIds(TENANT, List.of("mine")).get("mine").key()).isEqualTo(again);
    assertThat(store.findByKeys(TENANT, List.of(corrected, mine, week))).isEmpty();
  }

  @Test
  void leavesWhatTheLogDoesNotTellAndCountsIt() {
    ObservationKey unknown = allocate(NOW);
    database
        .transactions()
        .executeWithoutResult(
            status ->
                store.record(
                    TENANT, 1, List.of(put(new Written(unknown, null, 1, reading(123, NOW))))));
    String rows = checksum();

    Result result = rebuild();

    assertThat(result.untold()).isEqualTo(1);
    assertThat(checksum()).isEqualTo(rows);
  }

  @Test
  void takesWhatOlderEventsDoNotTellFromNowhere() {
    Written without = new Written(allocate(NOW), null, 1, reading(124, NOW));
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              long sequence =
                  log.append(
                      TENANT,
                      SOURCE,
                      new ResourcesWritten(
                          List.of(
                              new ResourceChange(
                                  "Observation", without.key().id(), 1, Action.CREATED)),
                          List.of()));
              store.record(TENANT, sequence, List.of(put(without)));
            });
    String rows = checksum();

    assertThat(rebuild()).extracting(Result::repaired, Result::untold).containsExactly(0L, 1L);
    assertThat(checksum()).isEqualTo(rows);
  }

  /** Whoever reads sees each Observation all the time, and whoever writes loses nothing. */
  @Test
  void letsOthersReadAndWriteMeanwhile() throws Exception {
    List<ObservationKey> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.add(create(reading(200 + i, NOW.plusSeconds(i)), null));
    }
    database.jdbc().sql("update telemetry.observation set value = value + 1").update();
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService others = Executors.newFixedThreadPool(2);
    try {
      Future<Integer> fewest =
          others.submit(
              () -> {
                int least = all.size();
                while (!done.get()) {
                  least = Math.min(least, store.findByKeys(TENANT, all).size());
                }
                return least;
              });
      Future<List<ObservationKey>> written =
          others.submit(
              () -> {
                List<ObservationKey> fresh = new ArrayList<>();
                for (int i = 0; !done.get() || i < 20; i++) {
                  fresh.add(create(reading(600 + i, NOW.plusSeconds(i)), null));
                  change(all.get(i), null, 2, reading(700 + i, NOW.plusSeconds(i)));
                }
                return fresh;
              });
      Result first = rebuild();
      done.set(true);

      assertThat(first.repaired()).isGreaterThan(100);
      assertThat(fewest.get(60, TimeUnit.SECONDS)).isEqualTo(all.size());
      assertThat(written.get(60, TimeUnit.SECONDS)).hasSizeGreaterThanOrEqualTo(20);
      Result second = rebuild();
      assertThat(second.busy()).isZero();
      assertThat(second.untold()).isZero();
      assertThat(rebuild().repaired()).isZero();
      assertThat(store.findByKeys(TENANT, written.get())).hasSameSizeAs(written.get());
    } finally {
      done.set(true);
      others.shutdownNow();
    }
  }

  private record Written(ObservationKey key, String clientId, long version, Observation content) {

    String id() {
      return clientId == null ? key.id() : clientId;
    }

    Stored stored() {
      return new Stored(NOW.plusMillis(version), Optional.ofNullable(clientId).map(it -> key.id()));
    }
  }

  private Result rebuild() {
    return rebuild.rebuild((done, total) -> assertThat(done).isLessThanOrEqualTo(total));
  }

  private String checksum() {
    return checksum(TABLES);
  }

  private String checksum(List<String> tables) {
    return database
        .transactions()
        .execute(status -> new RowChecksum(database.dataSource()).of(tables));
  }

  private long inBlocks() {
    return database
        .jdbc()
        .sql("select coalesce(sum(rows), 0) from telemetry.observation_block")
        .query(Long.class)
        .single();
  }

  private ObservationKey allocate(Instant moment) {
    return store.allocate(List.of(moment)).get(0);
  }

  private ObservationKey create(Observation content, String clientId) {
    return create(content, clientId, "p1");
  }

  private ObservationKey create(Observation content, String clientId, String patient) {
    Effective effective = effective(content);
    ObservationKey key = allocate(effective == null ? NOW : effective.to());
    content.setSubject(new Reference("Patient/" + patient));
    write(TENANT, new Written(key, clientId, 1, content));
    return key;
  }

  private void change(ObservationKey key, String clientId, long version, Observation content) {
    content.setSubject(new Reference("Patient/p1"));
    write(TENANT, new Written(key, clientId, version, content));
  }

  private void delete(ObservationKey key, String clientId, long version) {
    write(TENANT, new Written(key, clientId, version, null));
  }

  private void write(TenantId tenant, Written written) {
    ResourceChange change =
        written.content() == null
            ? new ResourceChange(
                "Observation",
                written.id(),
                written.version(),
                Action.DELETED,
                Optional.empty(),
                Optional.empty(),
                Optional.of(written.stored()))
            : new ResourceChange(
                "Observation",
                written.id(),
                written.version(),
                written.version() == 1 ? Action.CREATED : Action.UPDATED,
                Optional.of(written.content().getSubject().getReferenceElement().getIdPart())
                    .map(PatientId::new),
                Optional.of(ObservationContent.of(SplitTest.json(written.content()))),
                Optional.of(written.stored()));
    ObservationWrite write =
        written.content() == null
            ? new ObservationWrite.Delete(written.key(), written.version(), written.stored().at())
            : put(written);
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              long sequence =
                  log.append(tenant, SOURCE, new ResourcesWritten(List.of(change), List.of()));
              store.record(tenant, sequence, List.of(write));
            });
  }

  private static ObservationWrite.Put put(Written written) {
    Effective effective = effective(written.content());
    return new ObservationWrite.Put(
        written.key(),
        written.id(),
        written.version(),
        written.stored().at(),
        SplitTest.json(written.content()),
        effective,
        Effective.placedAt(effective, NOW),
        links(written.content()),
        List.of());
  }

  private void expire(ObservationKey key, List<String> keys) {
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              log.append(
                  TENANT, SOURCE, new ObservationsExpired(key.homeWeekBegins(), keys, 1, NOW));
              store.erase(TENANT, List.of(key));
            });
  }

  private static Effective effective(Observation observation) {
    if (observation.hasEffectivePeriod()) {
      Period period = observation.getEffectivePeriod();
      return new Effective(period.getStart().toInstant(), period.getEnd().toInstant());
    }
    if (!observation.hasEffective()) {
      return null;
    }
    Instant moment = observation.getEffectiveDateTimeType().getValue().toInstant();
    return new Effective(moment, moment);
  }

  private static List<ObservationLink> links(Observation observation) {
    List<ObservationLink> links = new ArrayList<>();
    String patient = observation.getSubject().getReferenceElement().getIdPart();
    links.add(
        ObservationLink.local(
            "Observation.subject", "Patient", patient.charAt(1) - '0' + 10L, patient));
    observation
        .getPerformer()
        .forEach(
            performer ->
                links.add(
                    ObservationLink.local(
                        "Observation.performer",
                        "Practitioner",
                        9,
                        performer.getReferenceElement().getIdPart())));
    return links;
  }
}
