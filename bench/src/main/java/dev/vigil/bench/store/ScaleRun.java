package dev.vigil.bench.store;

import dev.vigil.bench.load.Cohort;
import dev.vigil.bench.load.EventTimes;
import dev.vigil.bench.load.Senders;
import dev.vigil.bench.load.Senders.Written;
import dev.vigil.bench.store.SearchPhase.Searched;
import dev.vigil.bench.system.VigilServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The searches on a large store of Vigil alone. It is filled through the same door as ever, in
 * transactions of 1,000, with readings of half a year; what is wanted beyond is copied from these.
 */
final class ScaleRun {

  private static final int BUNDLE = 1_000;
  private static final Duration SPREAD = Duration.ofDays(182);
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(30);
  private static final Duration CATCH_UP = Duration.ofMinutes(30);

  private final StorePlan plan;
  private final long size;
  private final long sent;
  private final Path jar;
  private final Path folder;
  private final Consumer<String> progress;
  private final StoreTable table = new StoreTable();

  /**
   * @param size Observations that the store holds in the end
   * @param sent of these, at most so many are sent; the rest is copied
   */
  ScaleRun(StorePlan plan, long size, long sent, Path jar, Path folder, Consumer<String> progress) {
    this.plan = plan;
    this.size = size;
    this.sent = Math.min(size, sent);
    this.jar = jar;
    this.folder = folder;
    this.progress = progress;
  }

  StoreTable run() {
    try (VigilServer vigil = VigilServer.start(jar, folder, plan.heap())) {
      Cohort cohort = Cohort.register(plan.patients(), vigil.door()::transaction);
      SentReadings sample = new SentReadings();
      fill(vigil, cohort, sample);
      long stored = copy(vigil, Counted.observations(vigil.door()));
      vigil.database().settle();
      long bytes = vigil.database().size().total();
      table.note(
          Column.VIGIL,
          String.format(Locale.ROOT, "%,d stored, database %,d bytes", stored, bytes));
      table.put(
          Row.SIZE,
          Column.VIGIL,
          new Figure(
              bytes / (double) stored,
              String.format(Locale.ROOT, "%,.0f", bytes / (double) stored)));
      SizeLines.of(vigil.database().size(), stored).forEach(line -> table.note(Column.VIGIL, line));
      SearchPhase searches = new SearchPhase(vigil.door(), cohort, sample.all());
      for (Row row : Row.values()) {
        if (row.search() && plan.prints(row)) {
          progress.accept(row.id());
          Searched searched = searches.run(row, plan.eachSearch());
          table.put(
              row, Column.VIGIL, new Figure(searched.answers().p50(), searched.answers().text()));
          if (searched.failures() > 0) {
            table.note(
                Column.VIGIL,
                row.id()
                    + ": "
                    + searched.failures()
                    + " of "
                    + searched.answers().count()
                    + " answers refused or empty");
          }
        }
      }
      return table;
    }
  }

  /** To the wanted size; at least one bundle a sender, of which the searches take their ids. */
  private void fill(VigilServer vigil, Cohort cohort, SentReadings sample) {
    long found = Counted.observations(vigil.door());
    long missing = Math.max(sent - found, (long) plan.clients() * BUNDLE);
    EventTimes times = EventTimes.spread(SPREAD, missing, plan.patients());
    Senders phase =
        new Senders(
            vigil.door(), cohort.streams(plan.clients(), plan.conditional(), times), sample);
    progress.accept(String.format(Locale.ROOT, "filling: %,d there, %,d to come", found, missing));
    long stored = 0;
    long start = System.nanoTime();
    while (stored < missing) {
      Written written = phase.run(BUNDLE, PROGRESS_EVERY, missing - stored);
      if (written.confirmed() == 0) {
        throw new IllegalStateException("the server takes no more");
      }
      stored += written.confirmed();
      progress.accept(
          String.format(
              Locale.ROOT,
              "filled %,d of %,d, %,.0f/s, %d failed",
              stored,
              missing,
              written.perSecond(),
              written.failures()));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    CatchUp.Caught caught = new CatchUp(vigil, CATCH_UP).await();
    table.note(
        Column.VIGIL,
        String.format(
            Locale.ROOT,
            "filled with %,d in %.0f s, %,.0f/s; behind by events %s, %d left after %.0f s",
            stored,
            seconds,
            stored / seconds,
            caught.behind().events(),
            caught.left(),
            caught.seconds()));
  }

  /**
   * Multiplies what is there, to the wanted size or some per mille beside it.
   *
   * @return how many there are then
   */
  private long copy(VigilServer vigil, long found) {
    if (found >= size) {
      return found;
    }
    long start = System.nanoTime();
    int times = new CopiedReadings(vigil.database(), progress).copy(size - found);
    long stored = Counted.observations(vigil.door());
    table.note(
        Column.VIGIL,
        String.format(
            Locale.ROOT,
            "%,d of these copied in %.0f s, each of the others %d times or once more: log, aggregates"
                + " and the write-ahead log are without them",
            stored - found,
            (System.nanoTime() - start) / 1e9,
            times));
    return stored;
  }
}
