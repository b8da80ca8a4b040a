package dev.vigil.server.observation.search;

import ca.uhn.fhir.jpa.dao.IResultIterator;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import dev.vigil.server.observation.SyntheticPid;
import dev.vigil.telemetry.observation.ObservationPosition;
import dev.vigil.telemetry.observation.ObservationQuery;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.Sort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/** What a query finds, page by page, as HAPI's search classes want it. */
final class ObservationHits implements IResultIterator<JpaPid> {

  private static final int PAGE = 1_000;

  private final Observations observations;
  private final Integer partition;
  private final Set<JpaPid> known;
  private ObservationQuery query;
  private long left;
  private Iterator<ObservationPosition> page = List.<ObservationPosition>of().iterator();
  private boolean exhausted;
  private JpaPid next;
  private int skipped;
  private int found;

  /**
   * @param query its limit is not looked at
   * @param most so many hits at most, those that are known included; null for all
   * @param known hits of an earlier pass, not to be given again
   */
  ObservationHits(
      Observations observations,
      ObservationQuery query,
      Integer most,
      Integer partition,
      Set<JpaPid> known) {
    this.observations = observations;
    this.query = query;
    this.left = most == null ? Long.MAX_VALUE : most;
    this.partition = partition;
    this.known = known;
  }

  @Override
  public boolean hasNext() {
    while (next == null && (page.hasNext() || turn())) {
      ObservationPosition hit = page.next();
      JpaPid pid = SyntheticPid.of(hit.key(), partition);
      if (known.contains(pid)) {
        skipped++;
      } else {
        found++;
        next = pid;
      }
    }
    return next != null;
  }

  private boolean turn() {
    if (exhausted || left <= 0) {
      return false;
    }
    int size = (int) Math.min(left, PAGE);
    ObservationQuery part =
        new ObservationQuery(
            query.tenant(), query.filter(), query.sort(), size, query.offset(), query.after());
    List<ObservationPosition> hits = observations.search(part);
    exhausted = hits.size() < size;
    left -= hits.size();
    page = hits.iterator();
    if (!hits.isEmpty()) {
      query = following(hits.get(hits.size() - 1), hits.size());
    }
    return !hits.isEmpty();
  }

  private ObservationQuery following(ObservationPosition end, int seen) {
    return hasPosition(query.sort())
        ? query.after(end)
        : new ObservationQuery(
            query.tenant(),
            query.filter(),
            query.sort(),
            query.limit(),
            query.offset() + seen,
            null);
  }

  private static boolean hasPosition(List<Sort> sort) {
    if (sort.isEmpty()) {
      return true;
    }
    Sort.By by = sort.get(0).by();
    return sort.size() == 1
        && (by == Sort.By.KEY || by == Sort.By.UPDATED || by == Sort.By.EFFECTIVE);
  }

  @Override
  public JpaPid next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    JpaPid hit = next;
    next = null;
    return hit;
  }

  @Override
  public int getSkippedCount() {
    return skipped;
  }

  @Override
  public int getNonSkippedCount() {
    return found;
  }

  @Override
  public Collection<JpaPid> getNextResultBatch(long size) {
    List<JpaPid> batch = new ArrayList<>();
    while (batch.size() < size && hasNext()) {
      batch.add(next());
    }
    return batch;
  }

  @Override
  public void close() {
    page = List.<ObservationPosition>of().iterator();
    exhausted = true;
  }
}
