package dev.vigil.server.direct;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.entity.Search;
import ca.uhn.fhir.jpa.search.cache.DatabaseSearchCacheSvcImpl;
import ca.uhn.fhir.jpa.search.cache.ISearchCacheSvc;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * HAPI's searches, and those that the short way left behind: a search that HAPI does not know is
 * looked for there, and they go when they are as old as those that HAPI deletes.
 */
final class SearchesLeftBehind implements ISearchCacheSvc {

  private final ISearchCacheSvc hapi;
  private final SavedSearches saved;
  private final JpaStorageSettings settings;
  private final Clock clock;

  SearchesLeftBehind(
      ISearchCacheSvc hapi, SavedSearches saved, JpaStorageSettings settings, Clock clock) {
    this.hapi = hapi;
    this.saved = saved;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public Search save(Search search, RequestPartitionId partition) {
    return hapi.save(search, partition);
  }

  @Override
  public Optional<Search> fetchByUuid(String uuid, RequestPartitionId partition) {
    Optional<Search> known = hapi.fetchByUuid(uuid, partition);
    if (known.isPresent()) {
      return known;
    }
    saved.handOver(uuid);
    return hapi.fetchByUuid(uuid, partition);
  }

  @Override
  public Optional<Search> tryToMarkSearchAsInProgress(Search search, RequestPartitionId partition) {
    return hapi.tryToMarkSearchAsInProgress(search, partition);
  }

  @Override
  public Optional<Search> findCandidatesForReuse(
      String type, String query, Instant after, RequestPartitionId partition) {
    return hapi.findCandidatesForReuse(type, query, after, partition);
  }

  @Override
  public void pollForStaleSearchesAndDeleteThem(RequestPartitionId partition, Instant deadline) {
    hapi.pollForStaleSearchesAndDeleteThem(partition, deadline);
    if (settings.isExpireSearchResults()) {
      saved.deleteOlderThan(clock.instant().minusMillis(age()));
    }
  }

  /** After which HAPI's own go. */
  private long age() {
    Long reused = settings.getReuseCachedSearchResultsForMillis();
    return settings.getExpireSearchResultsAfterMillis()
        + (reused == null ? 0 : reused)
        + DatabaseSearchCacheSvcImpl.SEARCH_CLEANUP_JOB_INTERVAL_MILLIS;
  }
}
