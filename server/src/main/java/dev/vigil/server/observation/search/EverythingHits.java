package dev.vigil.server.observation.search;

import ca.uhn.fhir.jpa.dao.IResultIterator;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * HAPI's part of {@code $everything} and ours as one. HAPI was told that ours are known: it follows
 * their references and does not give them again. With an offset ours come first, since HAPI counts
 * what is known before what it finds; else behind its first, which is the patient.
 */
final class EverythingHits implements IResultIterator<JpaPid> {

  private final IResultIterator<JpaPid> hapi;
  private final Iterator<JpaPid> ours;
  private boolean first;
  private int given;

  EverythingHits(IResultIterator<JpaPid> hapi, List<JpaPid> ours, Integer offset) {
    this.hapi = hapi;
    this.ours = ours.listIterator(offset == null ? 0 : Math.min(offset, ours.size()));
    first = offset == null;
  }

  @Override
  public boolean hasNext() {
    return ours.hasNext() || hapi.hasNext();
  }

  @Override
  public JpaPid next() {
    if (first && hapi.hasNext()) {
      first = false;
      return hapi.next();
    }
    first = false;
    if (ours.hasNext()) {
      given++;
      return ours.next();
    }
    return hapi.next();
  }

  @Override
  public int getSkippedCount() {
    return hapi.getSkippedCount();
  }

  @Override
  public int getNonSkippedCount() {
    return hapi.getNonSkippedCount() + given;
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
  public void close() throws IOException {
    hapi.close();
  }
}
