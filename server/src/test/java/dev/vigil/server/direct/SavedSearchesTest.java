package dev.vigil.server.direct;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.search.IStaleSearchDeletingSvc;
import ca.uhn.fhir.jpa.search.cache.ISearchCacheSvc;
import dev.vigil.core.TenantId;
import dev.vigil.server.VigilServer;
import dev.vigil.server.observation.PartitionTenants;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a search leaves behind, and when it becomes a search of HAPI's. */
class SavedSearchesTest {

  private static final int READINGS = 45;

  private final Hospital hospital = new Hospital();
  private final VigilServer server = hospital.server();
  private final JdbcClient jdbc = JdbcClient.create(server.bean(DataSource.class));
  private final Bedside bed = hospital.admit();
  private final List<String> ids = record();

  private List<String> record() {
    Instant end = Instant.now().minusSeconds(60);
    Resource[] readings =
        IntStream.range(0, READINGS)
            .mapToObj(i -> bed.heartRate(String.valueOf(50 + i), end.minusSeconds(60L * i)))
            .toArray(Resource[]::new);
    return hospital.record(readings);
  }

  private Bundle page(String path) {
    Answer answer = hospital.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.bundle();
  }

  private Bundle first(int count) {
    return page("Observation?patient=" + bed.patient() + "&_sort=-date&_count=" + count);
  }

  private String next(Bundle page) {
    return page.getLink("next").getUrl().replace(server.fhir(), "").replaceFirst("^/", "");
  }

  private static String name(Bundle page) {
    return page.getIdElement().getIdPart();
  }

  private static List<String> shown(Bundle page) {
    return page.getEntry().stream()
        .map(entry -> entry.getResource().getIdElement().getIdPart())
        .toList();
  }

  private long left(Bundle page) {
    return jdbc.sql("select count(*) from telemetry.saved_search where id = :id")
        .param("id", UUID.fromString(name(page)))
        .query(Long.class)
        .single();
  }

  private List<Long> rowsOfHapis(Bundle page) {
    return jdbc.sql(
            """
            select count(*) from hapi.hfj_search join hapi.hfj_search_result on search_pid = hfj_search.pid
            where search_uuid = :id group by hfj_search.pid
            """)
        .param("id", name(page))
        .query(Long.class)
        .list();
  }

  @Test
  void oneRowIsLeftUntilTheNextPageIsAskedFor() {
    Bundle first = first(10);
    assertThat(left(first)).isEqualTo(1);
    assertThat(rowsOfHapis(first)).isEmpty();

    Bundle second = page(next(first));
    assertThat(left(first)).isZero();
    assertThat(rowsOfHapis(first)).hasSize(1);
    assertThat(shown(first)).isEqualTo(ids.subList(0, 10));
    assertThat(shown(second)).isEqualTo(ids.subList(10, 20));
    assertThat(name(second)).isEqualTo(name(first));
    assertThat(shown(page(next(first)))).isEqualTo(shown(second));
    assertThat(shown(page(next(second)))).isEqualTo(ids.subList(20, 30));
  }

  @Test
  void allHitsAreKnownAtOnce() {
    Bundle last = page("Observation/$lastn?patient=" + bed.patient() + "&max=12&_count=7");
    assertThat(last.getTotal()).isEqualTo(12);
    assertThat(left(last)).isEqualTo(1);
    Bundle rest = page(next(last));
    assertThat(rest.getTotal()).isEqualTo(12);
    assertThat(shown(rest)).isEqualTo(ids.subList(7, 12));
    assertThat(rest.getLink("next")).isNull();
  }

  @Test
  void nothingIsLeftWithoutANextPage() {
    Bundle all = first(READINGS);
    assertThat(all.getLink("next")).isNull();
    assertThat(left(all)).isZero();
    assertThat(rowsOfHapis(all)).isEmpty();
  }

  @Test
  void manyAskForTheNextPageAtOnce() {
    for (int round = 0; round < 5; round++) {
      Bundle first = first(10);
      assertThat(atOnce(() -> shown(page(next(first)))))
          .hasSize(8)
          .containsOnly(ids.subList(10, 20));
      assertThat(rowsOfHapis(first)).hasSize(1);
    }
  }

  /** As by servers that share the database: within one, HAPI takes pages in turn. */
  @Test
  void manyLookForTheSearchAtOnce() {
    ISearchCacheSvc searches = server.bean(ISearchCacheSvc.class);
    RequestPartitionId partition = server.bean(PartitionTenants.class).of(new TenantId("demo"));
    for (int round = 0; round < 20; round++) {
      Bundle first = first(10);
      assertThat(atOnce(() -> searches.fetchByUuid(name(first), partition).isPresent()))
          .hasSize(8)
          .containsOnly(true);
      assertThat(rowsOfHapis(first)).hasSize(1);
      assertThat(shown(page(next(first)))).isEqualTo(ids.subList(10, 20));
    }
  }

  private static <T> List<T> atOnce(Supplier<T> question) {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<CompletableFuture<T>> asked =
          IntStream.range(0, 8)
              .mapToObj(i -> CompletableFuture.supplyAsync(question, threads))
              .toList();
      return asked.stream().map(CompletableFuture::join).toList();
    } finally {
      threads.shutdown();
    }
  }

  /** As with a search that HAPI saved itself, which a header that it ignores leads to. */
  @Test
  void aBatchTreatsTheNextPageAlike() {
    String search = "Observation?patient=" + bed.patient() + "&_sort=-date&_count=10";
    Answer usual =
        hospital.send(
            server.fhirRequest(search, hospital.admin()).header("X-By-The-Usual-Way", "1").GET());
    Bundle ours = first(10);
    Bundle batch = new Bundle().setType(BundleType.BATCH);
    for (Bundle page : List.of(usual.bundle(), ours)) {
      batch.addEntry().getRequest().setMethod(HTTPVerb.GET).setUrl(next(page));
    }
    Answer answer = hospital.post(batch);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<BundleEntryComponent> entries = answer.bundle().getEntry();
    assertThat(entries).hasSize(2);
    assertThat(answered(entries.get(1))).isEqualTo(answered(entries.get(0)));
    assertThat(shown(page(next(ours)))).isEqualTo(ids.subList(10, 20));
  }

  private static List<String> answered(BundleEntryComponent entry) {
    return entry.getResource() instanceof Bundle page
        ? shown(page)
        : List.of(entry.getResponse().getStatus());
  }

  @Test
  void theyGoWithHapisOldSearches() {
    Bundle old = first(10);
    Bundle young = first(10);
    jdbc.sql(
            "update telemetry.saved_search set created_at = now() - interval '3 hours' where id = :id")
        .param("id", UUID.fromString(name(old)))
        .update();

    server.bean(IStaleSearchDeletingSvc.class).pollForStaleSearchesAndDeleteThem();

    assertThat(left(old)).isZero();
    assertThat(left(young)).isEqualTo(1);
    assertThat(hospital.get(next(old)).status()).isEqualTo(410);
    assertThat(shown(page(next(young)))).isEqualTo(ids.subList(10, 20));
  }

  @Test
  void otherNamesAreUnknownAsEver() {
    for (String name : List.of(UUID.randomUUID().toString(), "1-1-1-1-1", "x'; select 1 --")) {
      String path =
          "?_getpages="
              + URLEncoder.encode(name, StandardCharsets.UTF_8)
              + "&_getpagesoffset=10&_count=10&_bundletype=searchset";
      assertThat(hospital.get(path).status()).as(name).isEqualTo(410);
    }
  }

  /** The same of whoever asks by type, as HAPI does. */
  @Test
  void everyOneAsksOurs() {
    assertThat(server.bean(ISearchCacheSvc.class)).isInstanceOf(SearchesLeftBehind.class);
  }
}
