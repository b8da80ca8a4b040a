package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.interceptor.api.IAnonymousInterceptor;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.IPreResourceAccessDetails;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of a search, while devices go on to send and others change and delete what is found. */
class ObservationPagingTest {

  private static final int READINGS = 60;
  private static final Instant BEGIN =
      Instant.now().truncatedTo(ChronoUnit.HOURS).minusSeconds(40 * 3_600);

  private final Hospital hospital = new Hospital();
  private final Bedside bed = hospital.admit();
  private final List<String> ids = record(READINGS);

  /** A minute between each two, the value tells the order. */
  private List<String> record(int count) {
    Resource[] readings =
        IntStream.range(0, count)
            .mapToObj(i -> bed.heartRate(String.valueOf(40 + i), BEGIN.plusSeconds(60L * i)))
            .toArray(Resource[]::new);
    return hospital.record(readings);
  }

  private String search(String more) {
    return "Observation?patient=" + bed.patient() + more;
  }

  private Bundle get(String path) {
    Answer answer = hospital.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.bundle();
  }

  /** The ids page by page. */
  private List<List<String>> walk(String path, Consumer<List<String>> betweenPages) {
    List<List<String>> pages = new ArrayList<>();
    String next = path;
    while (next != null) {
      assertThat(pages).as("pages without end").hasSizeLessThan(200);
      Bundle page = get(next);
      pages.add(
          page.getEntry().stream()
              .map(entry -> entry.getResource().getIdElement().getIdPart())
              .toList());
      next = page.getLink("next") == null ? null : page.getLink("next").getUrl();
      if (next != null) {
        next = below(next);
        betweenPages.accept(pages.stream().flatMap(List::stream).toList());
      }
    }
    return pages;
  }

  /** A link as what stands below the endpoint. */
  private String below(String link) {
    return link.replace(hospital.server().fhir(), "").replaceFirst("^/", "");
  }

  private static List<String> flat(List<List<String>> pages) {
    return pages.stream().flatMap(List::stream).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&_count=7",
        "&_count=7&_sort=-date",
        "&_count=7&_sort=date",
        "&_count=7&_sort=-_lastUpdated",
        "&_count=7&_sort=value-quantity",
        "&_count=7&_sort=-status,date",
        "&_count=7&_sort=-date&_total=accurate"
      })
  void noneIsLeftOutOrComesTwiceWhileDevicesSend(String more) {
    Set<String> deleted = new HashSet<>();

    List<List<String>> pages =
        walk(
            search(more),
            seen -> {
              List<String> left =
                  ids.stream().filter(id -> !seen.contains(id) && !deleted.contains(id)).toList();
              post(Instant.now().minusSeconds(10));
              post(BEGIN.minusSeconds(60));
              move(seen.get(0), Instant.now().minusSeconds(20));
              move(seen.get(seen.size() - 1), BEGIN.minusSeconds(120));
              if (left.size() > 10) {
                move(left.get(1), BEGIN.plusSeconds(90));
                delete(left.get(2));
                deleted.add(left.get(2));
              }
            });

    List<String> all = flat(pages);
    assertThat(all).doesNotHaveDuplicates();
    List<String> expected = ids.stream().filter(id -> !deleted.contains(id)).toList();
    assertThat(all).containsAll(expected);
    assertThat(all).doesNotContainAnyElementsOf(deleted);
    assertThat(pages.size()).isGreaterThan(7);
  }

  private void post(Instant moment) {
    Answer answer = hospital.post("Observation", bed.heartRate("99", moment));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
  }

  private void move(String id, Instant moment) {
    Observation observation = hospital.get("Observation/" + id).resource(Observation.class);
    observation.setEffective(new InstantType(Date.from(moment)));
    Answer answer = hospital.put("Observation/" + id, observation);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private void delete(String id) {
    assertThat(hospital.send("DELETE", "Observation/" + id, null).status()).isEqualTo(200);
  }

  @Test
  void theTotalStaysWhatItWasWhenAsked() {
    Bundle first = get(search("&_count=7&_total=accurate"));
    post(Instant.now());
    Bundle second = get(below(first.getLink("next").getUrl()));

    assertThat(first.getTotal()).isEqualTo(READINGS);
    assertThat(second.getTotal()).isEqualTo(READINGS);
  }

  @Test
  void whatAnInterceptorHidesIsOnNoPageAndTheRestOnOne() {
    Set<String> hidden = new HashSet<>(ids.subList(5, 35));
    IInterceptorService hooks = hospital.server().bean(IInterceptorService.class);
    IAnonymousInterceptor consent =
        (at, params) -> {
          if (params.get(RequestDetails.class) instanceof ServletRequestDetails) {
            IPreResourceAccessDetails details = params.get(IPreResourceAccessDetails.class);
            for (int i = 0; i < details.size(); i++) {
              if (hidden.contains(details.getResource(i).getIdElement().getIdPart())) {
                details.setDontReturnResourceAtIndex(i);
              }
            }
          }
        };
    hooks.registerAnonymousInterceptor(Pointcut.STORAGE_PREACCESS_RESOURCES, consent);
    try {
      for (String more : List.of("&_count=7", "&_count=7&_sort=-date")) {
        List<String> all = flat(walk(search(more), seen -> {}));
        assertThat(all).doesNotHaveDuplicates();
        assertThat(all)
            .containsExactlyInAnyOrderElementsOf(
                ids.stream().filter(id -> !hidden.contains(id)).toList());
      }
    } finally {
      hooks.unregisterInterceptor(consent);
    }
  }

  @Test
  void offsetsCutTheSameOrder() {
    List<String> whole = flat(walk(search("&_count=500&_sort=-date"), seen -> {}));
    List<String> cut = new ArrayList<>();
    for (int offset = 0; offset < READINGS; offset += 13) {
      get(search("&_sort=-date&_count=13&_offset=" + offset)).getEntry().stream()
          .map(entry -> entry.getResource().getIdElement().getIdPart())
          .forEach(cut::add);
    }
    assertThat(cut).isEqualTo(whole);
    assertThat(flat(walk(search("&_sort=-date&_count=13&_offset=0"), seen -> {}))).isEqualTo(whole);
  }

  @Test
  void anEmptyPageHasItsTotal() {
    Bundle none = get(search("&_count=0"));
    assertThat(none.getEntry()).isEmpty();
    assertThat(none.getTotal()).isEqualTo(READINGS);
    assertThat(get(search("&_summary=count")).getTotal()).isEqualTo(READINGS);
  }

  @Test
  void aPageIsForThoseWhoMayReadIt() {
    String next = get(search("&_count=7")).getLink("next").getUrl();
    String path = below(next);
    VigilServer server = hospital.server();

    assertThat(server.fhirGet(path, null).statusCode()).isEqualTo(401);
    assertThat(server.fhirGet(path, server.token(VigilServer.OTHER_TENANT_CLIENT, "")).statusCode())
        .isIn(403, 404, 410);
    assertThat(server.fhirGet(path, server.token("demo-ehr", "system/Patient.rs")).statusCode())
        .isEqualTo(403);
    assertThat(server.fhirGet(path, server.token("demo-ehr", "system/Observation.rs")).statusCode())
        .isEqualTo(200);
    assertThat(server.fhirGet(path, hospital.admin()).statusCode()).isEqualTo(200);
  }
}
