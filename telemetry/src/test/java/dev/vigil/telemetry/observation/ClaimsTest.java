package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("safety")
class ClaimsTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final TenantId OTHER = new TenantId("other");
  private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
  private static final String SYSTEM = "urn:example:reading";
  private static final int THREADS = 16;
  private static final int ROUNDS = 25;

  private final TestDatabase database = TestDatabase.fresh();
  private final PostgresObservations observations =
      new PostgresObservations(
          database.dataSource(),
          new ObservationPartitions(database.dataSource()),
          new TestExtractor(),
          (tenant, sequence, shape, json) -> {});

  @AfterEach
  void close() {
    database.close();
  }

  /** Each round asks for some identifiers of few, so that many threads want the same. */
  @Test
  void ofManyAtOnceEachIdentifierComesToBeOnceAndNobodyFails() throws Exception {
    create(TENANT, Set.of("first"));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<Integer>> created = new ArrayList<>();
    Set<String> asked = Collections.synchronizedSet(new HashSet<>());
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(thread);
      Callable<Integer> rounds =
          () -> {
            int count = 0;
            for (int round = 0; round < ROUNDS; round++) {
              Set<String> values = new HashSet<>();
              for (int i = 0; i < 20; i++) {
                values.add("id" + random.nextInt(1_000));
              }
              asked.addAll(values);
              count += create(TENANT, values);
            }
            return count;
          };
      created.add(threads.submit(rounds));
    }
    threads.shutdown();
    int all = 1;
    for (Future<Integer> one : created) {
      all += one.get(5, TimeUnit.MINUTES);
    }
    assertThat(all).isEqualTo(asked.size() + 1);
    assertThat(observations.count(TENANT, Criterion.All.of())).isEqualTo(all);
  }

  @Test
  void findsTheOneThatCarriesItAndNoOther() {
    String uuid = "0b9d4f0e-3f6f-4d7c-9a52-27a1c6a1e5b1";
    create(TENANT, Set.of("a", uuid, "urn:uuid:" + uuid));

    assertThat(claim(TENANT, SYSTEM, "a")).hasSize(1);
    assertThat(claim(TENANT, SYSTEM, uuid)).hasSize(1);
    assertThat(claim(TENANT, SYSTEM, "urn:uuid:" + uuid))
        .hasSize(1)
        .isNotEqualTo(claim(TENANT, SYSTEM, uuid));
    assertThat(claim(TENANT, "urn:example:other", "a")).isEmpty();
    assertThat(claim(OTHER, SYSTEM, "a")).isEmpty();
    assertThat(claim(TENANT, SYSTEM, "b")).isEmpty();
  }

  /** Two UUIDs made so that they have the same hash. */
  @Test
  void isNotDeceivedByEqualHashes() {
    String first = "0b9d4f0e-3f6f-4d7c-9a52-27a1c6a1e5b1";
    String second = IdentifierHash.uuid(IdentifierHash.of(first), false, 42).toString();
    assertThat(IdentifierHash.of(second)).isEqualTo(IdentifierHash.of(first));
    create(TENANT, Set.of(first));

    assertThat(claim(TENANT, SYSTEM, first)).hasSize(1);
    assertThat(claim(TENANT, SYSTEM, second)).isEmpty();
  }

  @Test
  void findsAlsoTheSecondIdentifierOfAnObservation() {
    Observation observation = PostgresObservationsTest.reading(72, NOW);
    observation.addIdentifier().setSystem(SYSTEM).setValue("second");
    ObservationKey key = observations.allocate(List.of(NOW)).get(0);
    database
        .transactions()
        .executeWithoutResult(
            status -> observations.record(TENANT, 1, List.of(put(key, observation))));

    assertThat(claim(TENANT, SYSTEM, "id72")).containsExactly(key);
    assertThat(claim(TENANT, SYSTEM, "second")).containsExactly(key);
  }

  /** Creates those that nobody has. */
  private int create(TenantId tenant, Set<String> values) {
    return database
        .transactions()
        .execute(
            status -> {
              Map<ObservationIdentifier, Set<ObservationKey>> found =
                  observations.claim(
                      Set.copyOf(
                          values.stream()
                              .map(value -> new ObservationIdentifier(tenant, SYSTEM, value))
                              .toList()));
              List<ObservationWrite> writes = new ArrayList<>();
              for (String value : values) {
                if (!found.containsKey(new ObservationIdentifier(tenant, SYSTEM, value))) {
                  Observation observation = PostgresObservationsTest.reading(72, NOW);
                  observation.getIdentifierFirstRep().setValue(value);
                  writes.add(put(observations.allocate(List.of(NOW)).get(0), observation));
                }
              }
              observations.record(tenant, 1, writes);
              return writes.size();
            });
  }

  private Set<ObservationKey> claim(TenantId tenant, String system, String value) {
    ObservationIdentifier identifier = new ObservationIdentifier(tenant, system, value);
    return database
        .transactions()
        .execute(
            status -> observations.claim(Set.of(identifier)).getOrDefault(identifier, Set.of()));
  }

  private static ObservationWrite.Put put(ObservationKey key, Observation observation) {
    return new ObservationWrite.Put(
        key,
        key.id(),
        1,
        NOW,
        SplitTest.json(observation),
        new ObservationWrite.Effective(NOW, NOW),
        NOW,
        List.of(),
        List.of());
  }
}
