package dev.vigil.server.observation.search;

import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.tx.HapiTransactionService;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.ResourceMetadataKeyEnum;
import ca.uhn.fhir.model.valueset.BundleEntrySearchModeEnum;
import ca.uhn.fhir.rest.api.SortOrderEnum;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.api.SummaryEnum;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.IPreResourceAccessDetails;
import ca.uhn.fhir.rest.api.server.IPreResourceShowDetails;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.SimplePreResourceAccessDetails;
import ca.uhn.fhir.rest.api.server.SimplePreResourceShowDetails;
import ca.uhn.fhir.rest.server.SimpleBundleProvider;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import ca.uhn.fhir.rest.server.util.CompositeInterceptorBroadcaster;
import dev.vigil.server.observation.SearchAtMoment;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.ContentReader;
import dev.vigil.telemetry.observation.Criterion;
import dev.vigil.telemetry.observation.HistoryQuery;
import dev.vigil.telemetry.observation.IndexExtractor;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationPosition;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.Sort;
import dev.vigil.telemetry.observation.StoredObservation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * Answers {@code _at}: of what is current now that which was written by then, found by the store's
 * indexes, and of what was superseded or deleted since the versions of then, looked at one by one.
 * All hits are put in order before a page is cut, so that a page never shifts: what was known at a
 * moment does not change.
 */
final class MomentSearch implements SearchAtMoment {

  private static final int DEFAULT_PAGE = 20;

  /** More hits, or more versions to look at, are refused. */
  private static final int MOST = 10_000;

  /** One of the versions of then. */
  private record Hit(ObservationKey key, Instant moment, StoredObservation version) {}

  private final ObservationSearches searches;
  private final IndexExtractor extractor;
  private final ContentReader contents;
  private final MomentQuestions questions;
  private final IInterceptorBroadcaster interceptors;
  private final HapiTransactionService transactions;
  private final IRequestPartitionHelperSvc partitions;

  MomentSearch(
      ObservationSearches searches,
      IndexExtractor extractor,
      ContentReader contents,
      MomentQuestions questions,
      IInterceptorBroadcaster interceptors,
      HapiTransactionService transactions,
      IRequestPartitionHelperSvc partitions) {
    this.searches = searches;
    this.extractor = extractor;
    this.contents = contents;
    this.questions = questions;
    this.interceptors = interceptors;
    this.transactions = transactions;
    this.partitions = partitions;
  }

  @Override
  public IBundleProvider search(SearchParameterMap search, RequestDetails request) {
    Instant at = questions.moment(request.getParameters().get(PARAM));
    questions.requireExact(search);
    RequestPartitionId partition =
        partitions.determineReadPartitionForRequestForSearchType(
            request, SyntheticPid.TYPE, search);
    return transactions
        .withRequest(request)
        .withRequestPartitionId(partition)
        .execute(() -> page(search, at, partition, request));
  }

  private IBundleProvider page(
      SearchParameterMap search, Instant at, RequestPartitionId partition, RequestDetails request) {
    searches.modifiers().check(request);
    SearchScope scope = searches.scope(partition, request);
    Criterion filter = searches.criteria().of(search, scope);
    // In this order: what is superseded in between is found twice, never missed.
    Map<ObservationKey, Hit> found = new LinkedHashMap<>();
    for (Hit hit : stillCurrent(filter, search.getSort(), at, scope)) {
      found.put(hit.key(), hit);
    }
    for (Hit hit : superseded(filter, search.getSort(), at, scope)) {
      found.put(hit.key(), hit);
    }
    List<Hit> hits = new ArrayList<>(found.values());
    if (hits.size() > MOST) {
      throw questions.tooMany();
    }
    hits.sort(order(search.getSort()));
    int from = search.getOffset() == null ? 0 : search.getOffset();
    int size = search.getCount() == null ? DEFAULT_PAGE : search.getCount();
    boolean none = size == 0 || search.getSummaryMode() == SummaryEnum.COUNT;
    List<Hit> page =
        none
            ? List.of()
            : hits.subList(
                Math.min(from, hits.size()), (int) Math.min((long) from + size, hits.size()));
    SimpleBundleProvider answer =
        new SimpleBundleProvider(shown(resources(page, at, partition, scope), request));
    answer.setSize(hits.size());
    if (!none) {
      answer.setCurrentPageOffset(from);
      answer.setCurrentPageSize(size);
    }
    return answer;
  }

  private List<Hit> stillCurrent(Criterion filter, SortSpec sort, Instant at, SearchScope scope) {
    Sort by = sort(sort);
    List<ObservationPosition> found =
        searches
            .observations()
            .search(
                new ObservationQuery(
                    scope.tenant(),
                    Criterion.All.of(filter, new Criterion.Updated(null, at)),
                    by == null ? List.of() : List.of(by),
                    MOST + 1,
                    0,
                    null));
    return found.stream()
        .map(position -> new Hit(position.key(), position.moment(), null))
        .toList();
  }

  private List<Hit> superseded(Criterion filter, SortSpec sort, Instant at, SearchScope scope) {
    List<StoredObservation> versions =
        searches
            .observations()
            .supersededAt(scope.tenant(), at, questions.patients(filter), MOST + 1);
    if (versions.size() > MOST) {
      throw questions.tooMany();
    }
    List<Optional<ContentReader.Content>> read =
        contents.read(scope.tenant(), versions.stream().map(StoredObservation::json).toList());
    List<Hit> hits = new ArrayList<>();
    for (int i = 0; i < versions.size(); i++) {
      StoredObservation version = versions.get(i);
      ContentReader.Content content =
          read.get(i)
              .orElseThrow(
                  () -> questions.refused(PARAM, "a version of then refers to what was erased"));
      VersionMatch match =
          new VersionMatch(
              version.key(),
              version.updatedAt(),
              extractor.entries(version.json()),
              content.links());
      if (match.meets(filter)) {
        hits.add(new Hit(version.key(), moment(sort(sort), version, content), version));
      }
    }
    return hits;
  }

  private static Instant moment(
      Sort sort, StoredObservation version, ContentReader.Content content) {
    if (sort == null || sort.by() == Sort.By.KEY) {
      return null;
    }
    if (sort.by() == Sort.By.UPDATED) {
      return version.updatedAt();
    }
    return content.effective() == null ? null : content.effective().from();
  }

  private Sort sort(SortSpec sort) {
    return sort == null ? null : searches.sorts().of(sort).get(0);
  }

  /** By the moment that is sorted by, those without one last; then by the server's keys. */
  private Comparator<Hit> order(SortSpec sort) {
    boolean descending = sort != null && sort.getOrder() == SortOrderEnum.DESC;
    Sort by = sort(sort);
    Comparator<ObservationKey> keys = Comparator.naturalOrder();
    if (by == null || by.by() == Sort.By.KEY) {
      return Comparator.comparing(Hit::key, descending ? keys.reversed() : keys);
    }
    Comparator<Instant> moments = Comparator.naturalOrder();
    return Comparator.comparing(
            Hit::moment, Comparator.nullsLast(descending ? moments.reversed() : moments))
        .thenComparing(Hit::key);
  }

  private List<IBaseResource> resources(
      List<Hit> page, Instant at, RequestPartitionId partition, SearchScope scope) {
    Map<ObservationKey, StoredObservation> current =
        searches
            .observations()
            .load(
                scope.tenant(),
                page.stream().filter(hit -> hit.version() == null).map(Hit::key).toList());
    return page.stream()
        .flatMap(hit -> then(hit, current.get(hit.key()), at, scope).stream())
        .map(version -> searches.loader().resource(version, partition))
        .peek(
            resource ->
                ResourceMetadataKeyEnum.ENTRY_SEARCH_MODE.put(
                    resource, BundleEntrySearchModeEnum.MATCH))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** The version of then, also if another was written since it was found; empty if it is erased. */
  private Optional<StoredObservation> then(
      Hit hit, StoredObservation now, Instant at, SearchScope scope) {
    if (hit.version() != null) {
      return Optional.of(hit.version());
    }
    if (now != null && !now.updatedAt().isAfter(at)) {
      return Optional.of(now);
    }
    return searches
        .observations()
        .history(new HistoryQuery(scope.tenant(), Optional.of(hit.key()), at, at, true, 0, 1))
        .stream()
        .findFirst();
  }

  /** What the interceptors let the caller see, as with any search. */
  private List<IBaseResource> shown(List<IBaseResource> resources, RequestDetails request) {
    IInterceptorBroadcaster hooks =
        CompositeInterceptorBroadcaster.newCompositeBroadcaster(interceptors, request);
    SimplePreResourceAccessDetails access = new SimplePreResourceAccessDetails(resources);
    hooks.callHooks(
        Pointcut.STORAGE_PREACCESS_RESOURCES,
        about(request).add(IPreResourceAccessDetails.class, access));
    access.applyFilterToList();
    SimplePreResourceShowDetails show = new SimplePreResourceShowDetails(resources);
    hooks.callHooks(
        Pointcut.STORAGE_PRESHOW_RESOURCES,
        about(request).add(IPreResourceShowDetails.class, show));
    return show.toList();
  }

  private static HookParams about(RequestDetails request) {
    return new HookParams()
        .add(RequestDetails.class, request)
        .addIfMatchesType(ServletRequestDetails.class, request);
  }
}
