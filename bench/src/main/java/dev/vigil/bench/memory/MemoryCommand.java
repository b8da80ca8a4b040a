package dev.vigil.bench.memory;

import dev.vigil.bench.load.Cohort;
import dev.vigil.bench.load.EventTimes;
import dev.vigil.bench.load.ReadingStream;
import dev.vigil.bench.load.Senders;
import dev.vigil.bench.load.Senders.Written;
import dev.vigil.bench.system.VigilServer;
import dev.vigil.bench.system.WorkFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code vigil bench memory}. Exit code 0 if the server stayed under the limit and took everything,
 * else 1.
 */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description = {
      "Streams readings into a server of its own and prints the peak of the server's memory.",
      "Linux alone tells it: VmRSS is sampled, VmHWM is the peak."
    })
public final class MemoryCommand implements Callable<Integer> {

  private static final int BUNDLE = 1_000;
  private static final long MEGABYTE = 1_000_000;
  private static final long LIMIT_MB = 1_500;
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(30);

  @Spec private CommandSpec spec;

  @Option(
      names = "--readings",
      defaultValue = "5000000",
      description = "how many (default: ${DEFAULT-VALUE})")
  private long readings;

  @Option(
      names = "--seconds",
      defaultValue = "3600",
      description = "after so long it ends, whatever was taken (default: ${DEFAULT-VALUE})")
  private int seconds;

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
      names = "--heap",
      defaultValue = "${env:VIGIL_HEAP:-832m}",
      description = "largest Java heap of the server (default: ${DEFAULT-VALUE})")
  private String heap;

  @Option(names = "--folder", description = "where the database lies; kept")
  private Path folder;

  @Option(
      names = "--server",
      required = true,
      defaultValue = "${env:VIGIL_SERVER_JAR}",
      description = "the server's jar; ./vigil knows it")
  private Path jar;

  @Override
  public Integer call() {
    if (readings < 1 || seconds < 1 || clients < 1 || clients > 64 || patients < clients) {
      throw new ParameterException(
          spec.commandLine(),
          "--readings, --seconds and --clients (to 64) are at least 1, --patients at least --clients");
    }
    try (WorkFolder work = WorkFolder.at(folder);
        VigilServer server = VigilServer.start(jar, work.path(), heap)) {
      return stream(server);
    }
  }

  private int stream(VigilServer server) {
    PrintWriter out = spec.commandLine().getOut();
    try (MemorySamples memory = MemorySamples.of(server.pid())) {
      Cohort cohort = Cohort.register(patients, server.door()::transaction);
      List<ReadingStream> streams = cohort.streams(clients, false, EventTimes.NOW);
      Senders senders = new Senders(server.door(), streams);
      long begun = memory.now();
      long start = System.nanoTime();
      long end = start + Duration.ofSeconds(seconds).toNanos();
      long taken = 0;
      long failures = 0;
      while (taken < readings && System.nanoTime() < end) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        Duration part = left.compareTo(PROGRESS_EVERY) < 0 ? left : PROGRESS_EVERY;
        Written written = senders.run(BUNDLE, part, readings - taken);
        taken += written.confirmed();
        failures += written.failures();
        spec.commandLine()
            .getErr()
            .printf(
                Locale.ROOT,
                "%,d taken, %,.0f/s, %d failed, now %,d MB%n",
                taken,
                written.perSecond(),
                failures,
                memory.now() / MEGABYTE);
      }
      double took = (System.nanoTime() - start) / 1e9;
      long peak = memory.peak() / MEGABYTE;
      out.printf(
          Locale.ROOT,
          """
          readings taken   %,d of %,d in %,.0f s (%,.0f/s), %d bundles failed
          heap             at most %s
          before the load  %,d MB
          p50 / p95        %,d / %,d MB of %,d samples
          peak             %,d MB; limit %,d MB
          peak / limit     %.2f
          """,
          taken,
          readings,
          took,
          taken / took,
          failures,
          heap,
          begun / MEGABYTE,
          memory.rank(0.50) / MEGABYTE,
          memory.rank(0.95) / MEGABYTE,
          memory.count(),
          peak,
          LIMIT_MB,
          peak / (double) LIMIT_MB);
      out.flush();
      return peak <= LIMIT_MB && failures == 0 ? 0 : 1;
    }
  }
}
