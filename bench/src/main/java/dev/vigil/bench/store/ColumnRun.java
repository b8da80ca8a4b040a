package dev.vigil.bench.store;

import dev.vigil.bench.load.Cohort;
import dev.vigil.bench.load.EventTimes;
import dev.vigil.bench.load.Latencies;
import dev.vigil.bench.load.Senders;
import dev.vigil.bench.load.Senders.Written;
import dev.vigil.bench.store.SearchPhase.Searched;
import dev.vigil.bench.system.Measured;
import dev.vigil.bench.system.StoreSize;
import dev.vigil.bench.system.WalPosition;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** One FHIR server through all rows: the load, then what it left behind. */
final class ColumnRun {

  private static final List<Row> WRITES =
      List.of(Row.TRANSACTION_100, Row.TRANSACTION_1000, Row.SINGLE);

  private final StorePlan plan;
  private final Column column;
  private final Measured server;
  private final StoreTable table;
  private final Consumer<String> progress;
  private final SentReadings sent = new SentReadings();
  private long stored;

  ColumnRun(
      StorePlan plan, Column column, Measured server, StoreTable table, Consumer<String> progress) {
    this.plan = plan;
    this.column = column;
    this.server = server;
    this.table = table;
    this.progress = progress;
  }

  static int sizeOf(Row row) {
    return switch (row) {
      case TRANSACTION_100 -> 100;
      case TRANSACTION_1000 -> 1_000;
      case SINGLE -> Senders.SINGLE;
      default -> throw new IllegalArgumentException(row + " writes nothing");
    };
  }

  static Figure rate(Written written) {
    return new Figure(
        written.perSecond(), String.format(Locale.ROOT, "%,.0f", written.perSecond()));
  }

  void run() {
    Cohort cohort = Cohort.register(plan.patients(), server.door()::transaction);
    new CatchUp(server).await();
    StoreSize before = server.database().size();
    Senders phase =
        new Senders(
            server.door(),
            cohort.streams(plan.clients(), plan.conditional(), EventTimes.NOW),
            sent);
    say("warming up");
    stored += phase.run(100, plan.warmUp(), Long.MAX_VALUE).confirmed();
    boolean printsNoWrite = WRITES.stream().noneMatch(plan::prints);
    for (Row row : WRITES) {
      if (plan.prints(row) || (printsNoWrite && row == Row.TRANSACTION_100)) {
        write(row, phase);
      }
    }
    size(before);
    SearchPhase searches = new SearchPhase(server.door(), cohort, sent.all());
    for (Row row : Row.values()) {
      if (row.search() && plan.prints(row)) {
        search(row, searches);
      }
    }
    if (plan.prints(Row.READBACK)) {
      List<SentReadings.Sent> all = sent.all();
      int equal = new ReadBack(server.door()).equal(all);
      table.put(Row.READBACK, column, new Figure(equal, equal + " of " + all.size()));
    }
  }

  private void write(Row row, Senders phase) {
    new CatchUp(server).await();
    server.database().settle();
    say(row.id());
    WalPosition before = server.database().wal();
    Written written = phase.run(sizeOf(row), plan.each(), Long.MAX_VALUE);
    CatchUp.Caught caught = new CatchUp(server).await();
    WalPosition after = server.database().wal();
    stored += written.confirmed();
    if (plan.prints(row)) {
      table.put(row, column, rate(written));
    }
    table.note(
        column,
        String.format(
            Locale.ROOT,
            "%s: %,d in %.1f s, answer p50 / p95 %s ms, %d failed; %s",
            row.id(),
            written.confirmed(),
            written.seconds(),
            written.answers().text(),
            written.failures(),
            caught.text(written)));
    if (row == Row.TRANSACTION_100 && plan.prints(Row.WAL)) {
      double each = (after.bytes() - before.bytes()) / (double) written.confirmed();
      table.put(Row.WAL, column, new Figure(each, String.format(Locale.ROOT, "%,.0f", each)));
      table.note(
          column,
          String.format(
              Locale.ROOT,
              "write-ahead log of %s with what follows it: %,d bytes, %,d whole pages in it",
              row.id(),
              after.bytes() - before.bytes(),
              after.pages() - before.pages()));
    }
  }

  private void size(StoreSize before) {
    long counted = Counted.observations(server.door());
    table.note(
        column, String.format(Locale.ROOT, "%,d stored, the server counts %,d", stored, counted));
    if (plan.prints(Row.SIZE)) {
      StoreSize grown = server.database().size().since(before);
      double each = grown.total() / (double) stored;
      table.put(Row.SIZE, column, new Figure(each, String.format(Locale.ROOT, "%,.0f", each)));
      List<String> lines =
          column == Column.VIGIL ? SizeLines.of(grown, stored) : SizeLines.byTable(grown, stored);
      lines.forEach(line -> table.note(column, line));
    }
  }

  private void search(Row row, SearchPhase searches) {
    say(row.id());
    Searched searched = searches.run(row, plan.eachSearch());
    Latencies answers = searched.answers();
    boolean none = searched.failures() == answers.count();
    table.put(
        row,
        column,
        new Figure(none ? Double.NaN : answers.p50(), none ? "refused" : answers.text()));
    if (searched.failures() > 0) {
      table.note(
          column,
          String.format(
              Locale.ROOT,
              "%s: %d of %d answers refused or empty",
              row.id(),
              searched.failures(),
              answers.count()));
    }
  }

  private void say(String what) {
    progress.accept(column.title() + ": " + what);
  }
}
