package dev.vigil.server.observation.search;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.rest.server.util.FhirContextSearchParamRegistry;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.ObservationWrite;
import dev.vigil.telemetry.observation.Sort;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObservationHitsTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final int ALL = 2_345;

  private final FhirContext context = FhirContext.forR4Cached();
  private final InMemoryObservations store =
      new InMemoryObservations(
          new HapiIndexExtractor(context, new FhirContextSearchParamRegistry(context)));
  private List<ObservationKey> keys;

  @BeforeEach
  void fill() {
    keys = store.allocate(Collections.nCopies(ALL, Instant.EPOCH));
    String json =
        """
        {"resourceType":"Observation","status":"final","code":{"text":"x"}}""";
    List<ObservationWrite> writes = new ArrayList<>();
    for (ObservationKey key : keys) {
      writes.add(
          new ObservationWrite.Put(
              key, key.id(), 1, Instant.EPOCH, json, null, Instant.EPOCH, List.of(), List.of()));
    }
    store.record(TENANT, 1, writes);
  }

  @Test
  void allPagesAreOneRow() {
    assertThat(hits(List.of(), null, Set.of(), 0)).containsExactlyElementsOf(pids(0, ALL));
  }

  @Test
  void anOrderThatHasNoPositionIsPagedByOffset() {
    List<JpaPid> found = hits(List.of(new Sort(Sort.By.TOKEN, "status", false)), null, Set.of(), 0);

    assertThat(found).containsExactlyElementsOf(pids(0, ALL));
  }

  @Test
  void theMostCountsWhatIsKnown() {
    List<JpaPid> found = hits(List.of(), 1_503, Set.copyOf(pids(0, 500)), 0);

    assertThat(found).containsExactlyElementsOf(pids(500, 1_503));
  }

  @Test
  void anOffsetIsLeftOutOnce() {
    assertThat(hits(List.of(), null, Set.of(), 1_200)).containsExactlyElementsOf(pids(1_200, ALL));
  }

  private List<JpaPid> hits(List<Sort> sort, Integer most, Set<JpaPid> known, long offset) {
    ObservationQuery query =
        new ObservationQuery(TENANT, new Criterion.All(List.of()), sort, 1, offset, null);
    ObservationHits hits = new ObservationHits(store, query, most, 7, known);
    return List.copyOf(hits.getNextResultBatch(ALL + 1));
  }

  private List<JpaPid> pids(int from, int to) {
    return keys.subList(from, to).stream().map(key -> SyntheticPid.of(key, 7)).toList();
  }
}
