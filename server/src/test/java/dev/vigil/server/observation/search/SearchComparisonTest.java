package dev.vigil.server.observation.search;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.api.svc.ResolveIdentityMode;
import ca.uhn.fhir.jpa.model.cross.IResourceLookup;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.parser.IParser;
import dev.vigil.core.TenantId;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.IndexEntry;
import dev.vigil.telemetry.observation.IndexExtractor;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.ObservationWrite;
import dev.vigil.telemetry.observation.Observations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Some hundreds of searches, asked of HAPI's own store and of ours over the same resources. */
class SearchComparisonTest {

  private static final Logger log = LoggerFactory.getLogger(SearchComparisonTest.class);
  private static final FhirContext FHIR = FhirContext.forR4Cached();

  private static TwoStores stores;
  private static ComparisonData data;
  private static Comparison comparison;
  private static ComparisonUrls urls;

  @BeforeAll
  static void fill() throws IOException {
    stores = new TwoStores();
    comparison = new Comparison(stores);
    data = new ComparisonData(published());
    List<Resource> all = new ArrayList<>(data.targetList());
    all.addAll(data.observationList());
    all.addAll(data.referringList());
    write(TwoStores.HAPI, all);
    write(TwoStores.OURS, data.targetList());
    observe(data.observationList());
    write(TwoStores.OURS, data.referringList());
    ComparisonTerms.store(stores);
    urls = new ComparisonUrls(data, stores.bean(IndexExtractor.class));
  }

  @AfterAll
  static void close() throws IOException {
    if (stores != null) {
      stores.close();
    }
  }

  private static Path published() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("shared/data/fhir"))) {
      folder = folder.getParent();
    }
    return folder == null ? null : folder.resolve("shared/data/fhir");
  }

  private static void write(TenantId tenant, List<Resource> resources) {
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    for (Resource resource : resources) {
      Resource own = comparison.own(tenant, resource);
      bundle
          .addEntry()
          .setResource(own)
          .getRequest()
          .setMethod(HTTPVerb.PUT)
          .setUrl(own.fhirType() + "/" + own.getIdElement().getIdPart());
    }
    stores.systemDao().transaction(stores.request(tenant), bundle);
  }

  private static void observe(List<Observation> all) {
    Observations observations = stores.bean(Observations.class);
    IParser parser = FHIR.newJsonParser();
    parser.setDontEncodeElements("id");
    List<String> texts = all.stream().map(parser::encodeResourceToString).toList();
    List<Instant> places =
        texts.stream().map(SearchComparisonTest::effective).map(time -> placedAt(time)).toList();
    List<ObservationKey> keys = observations.allocate(places);
    Map<String, ObservationKey> byId = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      byId.put(all.get(i).getIdElement().getIdPart(), keys.get(i));
    }
    stores.inTransaction(
        TwoStores.OURS,
        () -> {
          List<ObservationWrite> writes = new ArrayList<>();
          for (int i = 0; i < all.size(); i++) {
            Observation one = all.get(i);
            writes.add(
                new ObservationWrite.Put(
                    keys.get(i),
                    one.getIdElement().getIdPart(),
                    1,
                    Instant.now().truncatedTo(ChronoUnit.MICROS),
                    texts.get(i),
                    effective(texts.get(i)),
                    places.get(i),
                    links(one, byId),
                    List.of()));
          }
          observations.record(TwoStores.OURS, 0, writes);
          return null;
        });
  }

  private static ObservationWrite.Effective effective(String json) {
    return stores.bean(IndexExtractor.class).entries(json).stream()
        .filter(entry -> entry.param().equals("date"))
        .map(IndexEntry.Date.class::cast)
        .map(date -> new ObservationWrite.Effective(date.low(), date.high()))
        .findFirst()
        .orElse(null);
  }

  private static Instant placedAt(ObservationWrite.Effective effective) {
    return ObservationWrite.Effective.placedAt(effective, Instant.parse("2026-01-01T00:00:00Z"));
  }

  private static List<ObservationLink> links(Observation one, Map<String, ObservationKey> byId) {
    List<ObservationLink> links = new ArrayList<>();
    Map<String, List<Reference>> paths = new LinkedHashMap<>();
    paths.put("Observation.subject", List.of(one.getSubject()));
    paths.put("Observation.device", List.of(one.getDevice()));
    paths.put("Observation.encounter", List.of(one.getEncounter()));
    paths.put("Observation.specimen", List.of(one.getSpecimen()));
    paths.put("Observation.performer", one.getPerformer());
    paths.put("Observation.focus", one.getFocus());
    paths.put("Observation.derivedFrom", one.getDerivedFrom());
    paths.put("Observation.hasMember", one.getHasMember());
    paths.put("Observation.basedOn", one.getBasedOn());
    paths.put("Observation.partOf", one.getPartOf());
    paths.forEach(
        (path, references) ->
            references.stream()
                .filter(Reference::hasReference)
                .filter(reference -> !reference.getReference().startsWith("#"))
                .forEach(reference -> links.add(link(path, reference, byId))));
    return links;
  }

  private static ObservationLink link(
      String path, Reference reference, Map<String, ObservationKey> byId) {
    IIdType id = reference.getReferenceElement();
    if (id.hasBaseUrl()) {
      return ObservationLink.external(path, id.getResourceType(), reference.getReference());
    }
    long pid;
    if (id.getResourceType().equals("Observation")) {
      pid = SyntheticPid.number(byId.get(id.getIdPart()));
    } else {
      @SuppressWarnings("unchecked")
      IIdHelperService<JpaPid> ids = stores.bean(IIdHelperService.class);
      Map<IIdType, IResourceLookup<JpaPid>> found =
          ids.resolveResourceIdentities(
              stores.partition(TwoStores.OURS),
              List.of(new IdType(id.getResourceType(), id.getIdPart())),
              ResolveIdentityMode.includeDeleted().cacheOk());
      pid = found.values().iterator().next().getPersistentId().getId();
    }
    return ObservationLink.local(path, id.getResourceType(), pid, id.getIdPart());
  }

  @Test
  void everyParameterFindsTheSame() {
    compare("parameters", urls.ofParameters());
  }

  @Test
  void valueSetsAndHierarchiesFindTheSame() {
    compare("terms", ComparisonTerms.urls());
  }

  @Test
  void ordersAreTheSame() {
    List<String> differing = new ArrayList<>();
    for (String url : urls.ofOrders()) {
      Comparison.Answer hapi = comparison.ask(TwoStores.HAPI, url);
      Comparison.Answer ours = comparison.ask(TwoStores.OURS, url);
      List<String> expected = urls.keys(url, hapi.matches());
      List<String> actual = urls.keys(url, ours.matches());
      if (hapi.refusal() != null || !expected.equals(actual)) {
        int at = 0;
        while (at < Math.min(expected.size(), actual.size())
            && expected.get(at).equals(actual.get(at))) {
          at++;
        }
        differing.add(
            "%s differs at %d of %d: %s, %s"
                .formatted(
                    url,
                    at,
                    expected.size(),
                    expected.subList(at, Math.min(expected.size(), at + 3)),
                    actual.subList(at, Math.min(actual.size(), at + 3))));
      }
    }
    log.info("orders compared={} differing={}", urls.ofOrders().size(), differing.size());
    assertThat(differing).isEmpty();
  }

  @Test
  void whatIsLinkedIsFoundFromBothSides() {
    compare("links", urls.ofLinks());
  }

  @Test
  void everythingOfAPatientIsTheSameAndComesOnce() {
    for (String id : List.of("pat-0", "pat-1", "pat-2", "pat-3")) {
      List<String> hapi = comparison.everything(TwoStores.HAPI, "Patient", id, null);
      List<String> ours = comparison.everything(TwoStores.OURS, "Patient", id, null);
      assertThat(ours).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(hapi);
      assertThat(ours.get(0)).isEqualTo("Patient/" + id);
    }
    List<String> hapi = comparison.everything(TwoStores.HAPI, "Encounter", "enc-1", null);
    List<String> ours = comparison.everything(TwoStores.OURS, "Encounter", "enc-1", null);
    assertThat(ours).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(hapi);
  }

  @Test
  void everythingInPartsIsTheWhole() {
    List<String> whole = comparison.everything(TwoStores.OURS, "Patient", "pat-1", 0);
    for (int offset : List.of(1, 5, 30, whole.size() - 1)) {
      assertThat(comparison.everything(TwoStores.OURS, "Patient", "pat-1", offset))
          .containsExactlyInAnyOrderElementsOf(whole.subList(offset, whole.size()));
    }
  }

  @Test
  void theLastOnesOfEachCodeAreTheNewest() {
    String oneCoding = "Observation?patient=pat-1&code:not=urn:local|";
    Map<String, List<String>> newest = new LinkedHashMap<>();
    for (String name : comparison.ask(TwoStores.OURS, oneCoding + "&_sort=-date").matches()) {
      newest.computeIfAbsent(urls.firstCode(name), code -> new ArrayList<>()).add(name);
    }
    for (int max : List.of(1, 3)) {
      List<String> expected =
          newest.values().stream().flatMap(names -> names.stream().limit(max)).toList();
      assertThat(comparison.last(TwoStores.OURS, oneCoding, max)).isEqualTo(expected);
    }
  }

  @Test
  void whatIsNotSupportedIsRefused() {
    for (String url :
        List.of(
            "Observation?_text=x",
            "Observation?_content=x",
            "Observation?_filter=status eq final",
            "Observation?nonsense=x",
            "Observation?_source=http://door.org/a%23request",
            "Observation?_source:contains=OOR",
            "Observation?_sort=subject.name",
            "Observation?_sort=-date,patient.name",
            "Observation?_sort=has-member.date",
            "Observation?_sort=patient.nonsense",
            "Observation?_sort=status.name",
            "Observation?_sort=nonsense",
            "Observation?code:in=http://nobody.knows/ValueSet",
            "Observation?code:below=8867-4",
            "Observation?code:below=http://nobody.knows/codes|1",
            "Observation?code:above=http://nobody.knows/codes|1",
            "Observation?subject.nonsense=x",
            "Observation?subject:Patient._text=x",
            "Observation?subject:Nonsense=x",
            "Observation?_lastUpdated=ap2024",
            "DiagnosticReport?_sort=result.date")) {
      assertThat(comparison.ask(TwoStores.OURS, url).refusal()).as(url).isNotNull();
    }
  }

  private static void compare(String what, List<String> asked) {
    Map<String, String> differing = new TreeMap<>();
    int hits = 0;
    int empty = 0;
    int refused = 0;
    int bySpecification = 0;
    for (String url : asked) {
      Optional<ComparisonUrls.Difference> known = urls.difference(url);
      Comparison.Answer ours = comparison.ask(TwoStores.OURS, url);
      Comparison.Answer expected;
      if (url.contains(":not-in=") && known.isPresent()) {
        expected = withoutThoseIn(url);
      } else if (known.isPresent() && known.get().asked() == null) {
        Set<String> matches = urls.expected(url);
        expected = new Comparison.Answer(List.copyOf(matches), Set.of(), matches.size(), null);
      } else {
        expected =
            comparison.ask(TwoStores.HAPI, known.map(ComparisonUrls.Difference::asked).orElse(url));
      }
      bySpecification += known.isPresent() ? 1 : 0;
      refused += expected.refusal() == null ? 0 : 1;
      hits += expected.matches().size();
      empty += expected.matches().isEmpty() && expected.refusal() == null ? 1 : 0;
      String difference = difference(expected, ours);
      if (difference != null) {
        differing.put(url, difference);
      }
    }
    log.info(
        "{} compared={} hits={} empty={} refused={} other-than-HAPI-by-specification={} differing={}",
        what,
        asked.size(),
        hits,
        empty,
        refused,
        bySpecification,
        differing.size());
    assertThat(differing).isEmpty();
  }

  /** All but what HAPI finds in the value set. */
  private static Comparison.Answer withoutThoseIn(String url) {
    Comparison.Answer in = comparison.ask(TwoStores.HAPI, url.replace(":not-in=", ":in="));
    if (in.refusal() != null) {
      return in;
    }
    List<String> rest = new ArrayList<>(comparison.ask(TwoStores.HAPI, "Observation?").matches());
    rest.removeAll(in.matches());
    return new Comparison.Answer(rest, Set.of(), rest.size(), null);
  }

  /** Null for none. */
  private static String difference(Comparison.Answer expected, Comparison.Answer ours) {
    if (expected.refusal() != null || ours.refusal() != null) {
      return expected.refusal() != null && ours.refusal() != null
          ? null
          : "expected refusal: " + expected.refusal() + ", ours: " + ours.refusal();
    }
    Set<String> missing = new HashSet<>(expected.matches());
    missing.removeAll(ours.matches());
    Set<String> surplus = new HashSet<>(ours.matches());
    surplus.removeAll(expected.matches());
    boolean counted =
        ours.total() == ours.matches().size()
            && new HashSet<>(ours.matches()).size() == ours.matches().size();
    boolean byDay = urls.onTwoDays().containsAll(missing) && urls.onTwoDays().containsAll(surplus);
    return byDay && counted && expected.included().equals(ours.included())
        ? null
        : "of "
            + expected.matches().size()
            + " missing "
            + missing
            + " surplus "
            + surplus
            + " included "
            + expected.included()
            + " / "
            + ours.included()
            + " total "
            + expected.total()
            + " / "
            + ours.total();
  }
}
