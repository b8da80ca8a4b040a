package dev.vigil.server.observation;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.HistoryBuilderFactory;
import ca.uhn.fhir.jpa.dao.tx.HapiTransactionService;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.entity.ResourceHistoryTable;
import ca.uhn.fhir.jpa.search.PersistedJpaBundleProviderFactory;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.HistorySearchStyleEnum;
import ca.uhn.fhir.rest.server.method.ResponsePage;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import java.util.Date;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * Histories page by page. HAPI's link to the next page counts from the newest version, so that
 * versions written in the meantime push others onto the next page a second time. Ours names the
 * last version of the page as well, and the next page begins behind it.
 */
final class HistoryPages {

  private static final int MOST_OF_ONE_MOMENT = 10_000;

  private final PersistedJpaBundleProviderFactory pages;
  private final HistoryBuilderFactory builders;
  private final HapiTransactionService transactions;

  HistoryPages(
      PersistedJpaBundleProviderFactory pages,
      HistoryBuilderFactory builders,
      HapiTransactionService transactions) {
    this.pages = pages;
    this.builders = builders;
    this.transactions = transactions;
  }

  /**
   * A page of the history of one resource, of a type or of all.
   *
   * @param type null for all
   * @param one null for all of the type
   * @param until null is open
   * @param style null for what was written in that time
   */
  IBundleProvider history(
      RequestDetails request,
      String type,
      JpaPid one,
      Date since,
      Date until,
      Integer offset,
      HistorySearchStyleEnum style,
      RequestPartitionId partition) {
    if (!(request instanceof ServletRequestDetails)) {
      return pages.history(request, type, one, since, until, offset, style, partition);
    }
    int asked = offset == null ? 0 : offset;
    HistoryPlace place = HistoryPlace.of(request);
    Date end = until;
    int left = asked;
    if (place != null && asked >= place.offset()) {
      end = until == null || until.after(place.moment()) ? place.moment() : until;
      left = asked - place.offset() + upTo(place, request, type, one, partition);
    }
    return new Page(
        pages.history(request, type, one, since, end, left == 0 ? null : left, style, partition),
        request,
        asked);
  }

  /** How many versions of the place's moment come no later than the place itself. */
  private int upTo(
      HistoryPlace place,
      RequestDetails request,
      String type,
      JpaPid one,
      RequestPartitionId partition) {
    List<ResourceHistoryTable> sameMoment =
        transactions
            .withRequest(request)
            .withRequestPartitionId(partition)
            .execute(
                () ->
                    builders
                        .newHistoryBuilder(type, one, place.moment(), place.moment())
                        .fetchEntities(partition, null, 0, MOST_OF_ONE_MOMENT, null));
    for (int i = 0; i < sameMoment.size(); i++) {
      if (place.isOf(sameMoment.get(i))) {
        return i + 1;
      }
    }
    return 0;
  }

  /** HAPI's page, which notes its last version for the link to the next one. */
  private static final class Page extends HistoryPage {
    private final RequestDetails request;
    private final int asked;
    private int seen;

    Page(IBundleProvider page, RequestDetails request, int asked) {
      super(page);
      this.request = request;
      this.asked = asked;
    }

    @Override
    public List<IBaseResource> getResources(
        int from, int to, ResponsePage.ResponsePageBuilder response) {
      List<IBaseResource> resources = page.getResources(from, to, response);
      seen = Math.max(seen, from + resources.size());
      if (!resources.isEmpty()) {
        HistoryPlace.of(resources.get(resources.size() - 1), asked + to).noteIn(request);
      }
      return resources;
    }

    /** It may have been kept for a while: at least there is what was seen. */
    @Override
    public Integer size() {
      Integer size = page.size();
      return size == null || seen == 0 ? size : Integer.valueOf(Math.max(size, asked + seen));
    }
  }
}
