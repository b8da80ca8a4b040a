package dev.vigil.server.bulk.load;

import dev.vigil.server.bulk.lines.Taken;

/** What became of the lines of an input. */
final class ImportCounts {

  private long created;
  private long known;
  private long refused;

  void add(Taken taken) {
    if (taken.refused()) {
      refused++;
    } else if (taken.status() == 201) {
      created++;
    } else {
      known++;
    }
  }

  @Override
  public String toString() {
    return created + " created, " + known + " updated or known, " + refused + " refused";
  }
}
