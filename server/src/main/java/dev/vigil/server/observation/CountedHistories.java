package dev.vigil.server.observation;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.HistoryBuilderFactory;
import ca.uhn.fhir.jpa.dao.tx.HapiTransactionService;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.search.PersistedJpaBundleProviderFactory;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.HistorySearchStyleEnum;
import ca.uhn.fhir.rest.server.method.ResponsePage;
import ca.uhn.fhir.sl.cache.Cache;
import ca.uhn.fhir.sl.cache.CacheFactory;
import java.util.Date;
import java.util.List;
import java.util.function.Supplier;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * Histories of all types with a count that never cuts them. HAPI keeps a count for a minute, of all
 * tenants together, and ends a page there: what was written since would push the oldest versions
 * off the page without a link to them. Here a page is read first and counted then; only a count
 * that no page can reach is kept, by tenant.
 */
class CountedHistories extends PersistedJpaBundleProviderFactory {

  /** Twice the largest page. */
  private static final int KEPT_ABOVE = 1_000;

  private static final long KEPT_MILLIS = 60_000;

  private record Counted(String type, RequestPartitionId partition) {}

  private final HistoryBuilderFactory builders;
  private final HapiTransactionService transactions;
  private final Cache<Counted, Integer> large = CacheFactory.build(KEPT_MILLIS, 1_000);

  CountedHistories(HistoryBuilderFactory builders, HapiTransactionService transactions) {
    this.builders = builders;
    this.transactions = transactions;
  }

  /** With a count once a page was read; without one if it is of a time only. */
  @Override
  public IBundleProvider history(
      RequestDetails request,
      String type,
      JpaPid one,
      Date since,
      Date until,
      Integer offset,
      HistorySearchStyleEnum style,
      RequestPartitionId partition) {
    IBundleProvider page =
        super.history(request, type, one, since, until, offset, style, partition);
    return since == null && until == null
        ? new Counting(page, () -> count(request, type, one, partition))
        : page;
  }

  private int count(RequestDetails request, String type, JpaPid one, RequestPartitionId partition) {
    Counted key = new Counted(type, partition);
    Integer kept = one == null ? large.getIfPresent(key) : null;
    if (kept != null) {
      return kept;
    }
    int count =
        transactions
            .withRequest(request)
            .withRequestPartitionId(partition)
            .execute(
                () ->
                    Math.toIntExact(
                        builders.newHistoryBuilder(type, one, null, null).fetchCount(partition)));
    if (one == null && count > KEPT_ABOVE) {
      large.put(key, count);
    }
    return count;
  }

  private static final class Counting extends HistoryPage {
    private final Supplier<Integer> count;
    private boolean read;
    private Integer counted;

    Counting(IBundleProvider page, Supplier<Integer> count) {
      super(page);
      this.count = count;
    }

    @Override
    public List<IBaseResource> getResources(
        int from, int to, ResponsePage.ResponsePageBuilder response) {
      List<IBaseResource> resources = page.getResources(from, to, response);
      read = true;
      return resources;
    }

    @Override
    public Integer size() {
      if (read && counted == null) {
        counted = count.get();
      }
      return counted;
    }
  }
}
