package dev.vigil.simulator.load;

import dev.vigil.simulator.wire.FhirClient;
import dev.vigil.simulator.wire.IngestResult;
import dev.vigil.simulator.wire.RefusedException;
import dev.vigil.simulator.wire.UnreachableException;
import java.io.PrintWriter;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends readings as streams of lines to {@code Observation/$ingest}, as many streams as a server
 * takes at once by default. A stream ends and another begins every some seconds: a token has its
 * time, and what was taken is told at the end.
 */
final class IngestRun {

  private static final int STREAMS = 2;
  private static final double STREAM_SECONDS = 15;

  private final FhirClient fhir;
  private final SteadyReadings readings;
  private final int rate;
  private final PrintWriter out;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong stored = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();

  IngestRun(FhirClient fhir, SteadyReadings readings, int rate, PrintWriter out) {
    this.fhir = fhir;
    this.readings = readings;
    this.rate = rate;
    this.out = out;
  }

  /**
   * Sends for so long.
   *
   * @return how many lines or streams were refused or broke
   */
  long run(int seconds) {
    ExecutorService streams = Executors.newFixedThreadPool(STREAMS);
    long start = System.nanoTime();
    try {
      for (int i = 0; i < STREAMS; i++) {
        streams.execute(() -> send(start + TimeUnit.SECONDS.toNanos(seconds)));
      }
      streams.shutdown();
      while (!streams.awaitTermination(5, TimeUnit.SECONDS)) {
        report(start);
      }
      report(start);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      streams.shutdownNow();
    }
    return errors.get();
  }

  private void send(long end) {
    for (double left = seconds(end); left > 0; left = seconds(end)) {
      double rateOfStream = (double) rate / STREAMS;
      double seconds = Math.min(left, STREAM_SECONDS);
      try {
        IngestResult result =
            fhir.ingest(() -> new PacedLines(readings, rateOfStream, seconds, sent));
        stored.addAndGet(result.created() + result.known());
        errors.addAndGet(result.refused() + (result.complete() ? 0 : 1));
      } catch (RefusedException | UnreachableException e) {
        errors.incrementAndGet();
        return;
      }
    }
  }

  private static double seconds(long end) {
    return (end - System.nanoTime()) / 1e9;
  }

  private void report(long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    out.printf(
        "%4.0f s  lines %d  observations %d (%.0f/s)  errors %d%n",
        seconds, sent.get(), stored.get(), stored.get() / seconds, errors.get());
    out.flush();
  }
}
