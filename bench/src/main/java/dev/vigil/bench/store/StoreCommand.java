package dev.vigil.bench.store;

import dev.vigil.bench.system.WorkFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vigil bench store}. */
@Command(
    name = "store",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the store beside stock HAPI JPA and PostgreSQL's COPY, and prints a table.",
      "Each server starts anew on an empty database; a run of all takes about a quarter of an hour."
    })
public final class StoreCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description =
          "length of each row of writes; of a search a quarter (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description = "seconds of writes before the first row (default: ${DEFAULT-VALUE})")
  private int warmUp;

  @Option(
      names = "--clients",
      defaultValue = "8",
      description = "senders at a time (default: ${DEFAULT-VALUE})")
  private int clients;

  @Option(
      names = "--patients",
      defaultValue = "300",
      description = "patients of the load (default: ${DEFAULT-VALUE})")
  private int patients;

  @Option(
      names = "--only",
      paramLabel = "ROW",
      split = ",",
      description =
          "rows: transaction-100, transaction-1000, single, newest, identifier, date, count, read,"
              + " lastn, size, wal, readback")
  private List<String> only = List.of();

  @Option(
      names = "--systems",
      paramLabel = "SYSTEM",
      split = ",",
      description = "columns: vigil, default, tuned, copy (default: all)")
  private List<Column> systems = List.of(Column.values());

  @Option(
      names = "--conditional",
      description = "readings with an identifier are created only if there is none of it")
  private boolean conditional;

  @Option(
      names = "--scale",
      paramLabel = "SIZE",
      description =
          "1M, 10M or 100M: fills Vigil's store to that size, then runs the searches and sizes alone")
  private String scale;

  @Option(
      names = "--sent",
      paramLabel = "SIZE",
      description =
          "with --scale: so many go through the door, the rest is copied within the database"
              + " (default: all)")
  private String sent;

  @Option(
      names = "--heap",
      defaultValue = "${env:VIGIL_HEAP:-832m}",
      description = "largest Java heap of each server (default: ${DEFAULT-VALUE})")
  private String heap;

  @Option(
      names = "--folder",
      description = "where the databases lie; kept, and a store found there is filled further")
  private Path folder;

  @Option(
      names = "--server",
      required = true,
      defaultValue = "${env:VIGIL_SERVER_JAR}",
      description = "the server's jar; ./vigil knows it")
  private Path jar;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (WorkFolder work = WorkFolder.at(folder)) {
      StorePlan plan = plan();
      out.println(Machine.line(heap));
      out.flush();
      String text =
          scale == null
              ? new StoreRun(plan, jar, work.path(), err::println).run().text()
              : new ScaleRun(
                      plan,
                      size("--scale", scale),
                      size("--sent", sent == null ? scale : sent),
                      jar,
                      work.path(),
                      err::println)
                  .run()
                  .text();
      out.println(text);
    }
    return 0;
  }

  private StorePlan plan() {
    if (seconds < 1 || warmUp < 1 || clients < 1 || clients > 64 || patients < clients) {
      throw new ParameterException(
          spec.commandLine(),
          "--seconds, --warm-up and --clients (to 64) are at least 1, --patients at least --clients");
    }
    return new StorePlan(
        rows(),
        EnumSet.copyOf(systems),
        clients,
        patients,
        Duration.ofSeconds(seconds),
        Duration.ofSeconds(warmUp),
        conditional,
        heap);
  }

  private Set<Row> rows() {
    if (only.isEmpty()) {
      return EnumSet.allOf(Row.class);
    }
    return only.stream()
        .map(
            id ->
                Row.of(id)
                    .orElseThrow(
                        () -> new ParameterException(spec.commandLine(), "no such row: " + id)))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Row.class)));
  }

  private long size(String option, String text) {
    if (!text.matches("[1-9]\\d{0,3}[kM]")) {
      throw new ParameterException(
          spec.commandLine(), option + " is a number with k or M, such as 10M: " + text);
    }
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    return number * (text.endsWith("M") ? 1_000_000 : 1_000);
  }
}
