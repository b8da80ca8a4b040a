package dev.vigil.bench.store;

import dev.vigil.bench.load.Senders;
import dev.vigil.bench.system.HapiServer;
import dev.vigil.bench.system.PeerCluster;
import dev.vigil.bench.system.VigilServer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** One run: each column after the other, so that none takes cores from another. */
final class StoreRun {

  private static final Set<Row> LIMITED =
      EnumSet.of(Row.TRANSACTION_100, Row.TRANSACTION_1000, Row.SINGLE);

  /** For runs without the server, whose own settings they are. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "fsync", "on",
          "synchronous_commit", "on",
          "shared_buffers", "256MB",
          "max_connections", "100");

  private final StorePlan plan;
  private final Path jar;
  private final Path folder;
  private final Consumer<String> progress;
  private final StoreTable table = new StoreTable();

  /**
   * @param jar of the server
   * @param folder for data and output of all servers
   */
  StoreRun(StorePlan plan, Path jar, Path folder, Consumer<String> progress) {
    this.plan = plan;
    this.jar = jar;
    this.folder = folder;
    this.progress = progress;
  }

  StoreTable run() {
    Map<String, String> settings = SETTINGS;
    if (plan.columns().contains(Column.VIGIL)) {
      progress.accept("Vigil: starting");
      try (VigilServer vigil = VigilServer.start(jar, folder, plan.heap())) {
        settings = vigil.database().settings();
        new ColumnRun(plan, Column.VIGIL, vigil, table, progress).run();
      }
    }
    try (PeerCluster cluster = PeerCluster.start(folder, settings)) {
      hapi(Column.DEFAULT, cluster);
      hapi(Column.TUNED, cluster);
      if (plan.columns().contains(Column.COPY)) {
        limit(new CopyLimit(cluster.create("copy_limit")));
      }
    }
    return table;
  }

  private void hapi(Column column, PeerCluster cluster) {
    if (!plan.columns().contains(column)) {
      return;
    }
    progress.accept(column.title() + ": starting");
    boolean tuned = column == Column.TUNED;
    try (HapiServer hapi =
        HapiServer.start(
            tuned, cluster.create(tuned ? "hapi_tuned" : "hapi_default"), folder, plan.heap())) {
      new ColumnRun(plan, column, hapi, table, progress).run();
    }
  }

  private void limit(CopyLimit limit) {
    progress.accept("COPY limit");
    limit.run(100, plan.clients(), plan.warmUp().dividedBy(2));
    for (Row row : LIMITED) {
      if (plan.prints(row)) {
        Senders.Written written =
            limit.run(ColumnRun.sizeOf(row), plan.clients(), plan.each().dividedBy(2));
        table.put(row, Column.COPY, ColumnRun.rate(written));
        table.note(
            Column.COPY, row.id() + ": commit p50 / p95 " + written.answers().text() + " ms");
      }
    }
  }
}
