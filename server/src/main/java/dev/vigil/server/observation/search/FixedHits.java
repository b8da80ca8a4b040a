package dev.vigil.server.observation.search;

import ca.uhn.fhir.jpa.dao.IResultIterator;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Hits that are all known at once. */
final class FixedHits implements IResultIterator<JpaPid> {

  private final Iterator<JpaPid> hits;
  private final int skipped;
  private int given;

  /**
   * @param known not to be given again
   */
  FixedHits(List<JpaPid> all, List<JpaPid> known) {
    Set<JpaPid> seen = new HashSet<>(known);
    List<JpaPid> fresh = all.stream().filter(pid -> !seen.contains(pid)).toList();
    hits = fresh.iterator();
    skipped = all.size() - fresh.size();
  }

  @Override
  public boolean hasNext() {
    return hits.hasNext();
  }

  @Override
  public JpaPid next() {
    given++;
    return hits.next();
  }

  @Override
  public int getSkippedCount() {
    return skipped;
  }

  @Override
  public int getNonSkippedCount() {
    return given;
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
    // Nothing is open.
  }
}
