package dev.vigil.simulator.load;

import dev.vigil.simulator.ward.ReadingBundle;
import dev.vigil.simulator.ward.Registered;
import dev.vigil.simulator.ward.Registration;
import dev.vigil.simulator.ward.Ward;
import dev.vigil.simulator.wire.ClientCredentials;
import dev.vigil.simulator.wire.FhirClient;
import dev.vigil.simulator.wire.RefusedException;
import dev.vigil.simulator.wire.UnreachableException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code vigil simulate}: a ward of any size that sends readings at a rate. Exit code 0 when all
 * was taken, 1 when bundles failed, 2 for wrong options, 3 when the server cannot be used at all.
 */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = "Drives device simulators against a FHIR server.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:everything was taken",
      "1:some bundles or lines failed",
      "2:wrong options",
      "3:no registration: not reachable, or refused"
    })
public final class SimulateCommand implements Callable<Integer> {

  private static final int READINGS_A_BUNDLE = 100;
  private static final int CONNECTIONS = 8;
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(5);

  @Spec private CommandSpec spec;

  @Option(
      names = "--url",
      defaultValue = "http://localhost:8080/fhir",
      description = "FHIR base address (default: ${DEFAULT-VALUE})")
  private URI url;

  @Option(
      names = "--token-url",
      description = "token endpoint (default: /oauth2/token at the host of --url)")
  private URI tokenUrl;

  @Option(
      names = "--client",
      defaultValue = "${env:VIGIL_CLIENT:-demo-gateway}",
      description = "client id, or VIGIL_CLIENT (default: ${DEFAULT-VALUE})")
  private String client;

  @Option(
      names = "--secret",
      defaultValue = "${env:VIGIL_CLIENT_SECRET}",
      description = "client secret; better by VIGIL_CLIENT_SECRET")
  private String secret;

  @Option(
      names = "--patients",
      defaultValue = "20",
      description = "how many patients (default: ${DEFAULT-VALUE})")
  private int patients;

  @Option(
      names = "--duration",
      defaultValue = "60",
      description = "seconds to run (default: ${DEFAULT-VALUE})")
  private int duration;

  @Option(
      names = "--rate",
      defaultValue = "50",
      description = "Observations a second in all (default: ${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--ingest",
      description = "send lines to Observation/$ingest instead of transaction Bundles")
  private boolean ingest;

  private final AtomicLong bundles = new AtomicLong();
  private final AtomicLong observations = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();

  @Override
  public Integer call() {
    if (patients < 1 || patients > 60_000 || duration < 1 || rate < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--patients (to 60000), --duration and --rate are at least 1");
    }
    if (secret == null || secret.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "no client secret: give --secret or VIGIL_CLIENT_SECRET");
    }
    PrintWriter out = spec.commandLine().getOut();
    URI token = tokenUrl != null ? tokenUrl : url.resolve("/oauth2/token");
    FhirClient fhir =
        new FhirClient(
            url, new ClientCredentials(token, client, secret, ClientCredentials.GATEWAY_SCOPE));
    List<Registered> ward;
    try {
      ward = Registration.register(fhir, Ward.mixed("SIM", patients, patients));
    } catch (RefusedException | UnreachableException | IllegalStateException e) {
      spec.commandLine().getErr().println("simulate: registration failed: " + e.getMessage());
      return 3;
    }
    out.println("registered " + ward.size() + " patients");
    out.flush();
    SteadyReadings readings = new SteadyReadings(ward, Clock.systemUTC());
    if (ingest) {
      return new IngestRun(fhir, readings, rate, out).run(duration) == 0 ? 0 : 1;
    }
    send(fhir, readings, out);
    return errors.get() == 0 ? 0 : 1;
  }

  /** Each tenth of a second what is due by then; when all connections are busy it waits. */
  private void send(FhirClient fhir, SteadyReadings readings, PrintWriter out) {
    ExecutorService connections = Executors.newFixedThreadPool(CONNECTIONS);
    Semaphore free = new Semaphore(CONNECTIONS);
    try {
      long start = System.nanoTime();
      long end = start + TimeUnit.SECONDS.toNanos(duration);
      long progress = start + PROGRESS_EVERY.toNanos();
      long begun = 0;
      for (long now = start; now < end; now = System.nanoTime()) {
        long due = (long) (rate * ((now - start) / 1e9)) - begun;
        while (due > 0 && System.nanoTime() < end) {
          int size = (int) Math.min(due, READINGS_A_BUNDLE);
          ReadingBundle bundle = readings.bundle(size, true);
          free.acquire();
          connections.execute(() -> post(fhir, bundle, free));
          due -= size;
          begun += size;
        }
        if (System.nanoTime() >= progress) {
          progress += PROGRESS_EVERY.toNanos();
          report(out, start);
        }
        Thread.sleep(100);
      }
      connections.shutdown();
      connections.awaitTermination(2, TimeUnit.MINUTES);
      report(out, start);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.shutdownNow();
    }
  }

  private void post(FhirClient fhir, ReadingBundle bundle, Semaphore free) {
    try {
      fhir.transaction(bundle.json());
      bundles.incrementAndGet();
      observations.addAndGet(bundle.size());
    } catch (RefusedException | UnreachableException e) {
      errors.incrementAndGet();
    } finally {
      free.release();
    }
  }

  private void report(PrintWriter out, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    out.printf(
        "%4.0f s  bundles %d  observations %d (%.0f/s)  errors %d%n",
        seconds, bundles.get(), observations.get(), observations.get() / seconds, errors.get());
    out.flush();
  }
}
