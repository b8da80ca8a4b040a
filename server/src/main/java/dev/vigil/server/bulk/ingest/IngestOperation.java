package dev.vigil.server.bulk.ingest;

import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.bulk.BulkProperties;
import dev.vigil.server.bulk.OtherRequests;
import dev.vigil.server.bulk.Preference;
import dev.vigil.server.bulk.lines.ResourceIntake;
import dev.vigil.server.fhir.FhirOperations;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.ResourceLines;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * {@code Observation/$ingest}. Two threads of a small pool read and store, the request's own thread
 * sends the answers: a client may read them while it sends, or afterwards.
 */
@Component
class IngestOperation implements FhirOperations, SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(IngestOperation.class);

  private static final Set<String> TYPES =
      Set.of("application/fhir+ndjson", "application/ndjson", "application/x-ndjson");

  private final ResourceLines parser;
  private final ResourceIntake intake;
  private final OtherRequests others;
  private final Semaphore free;
  private final ExecutorService pool;
  private volatile boolean running;

  IngestOperation(
      ResourceLines parser,
      ResourceIntake intake,
      OtherRequests others,
      BulkProperties properties) {
    this.parser = parser;
    this.intake = intake;
    this.others = others;
    this.free = new Semaphore(properties.streams());
    this.pool =
        Executors.newFixedThreadPool(
            2 * properties.streams(),
            task -> {
              Thread thread = new Thread(task, "ingest");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Its body and answer are those of the OperationDefinition. */
  @Operation(
      name = "$ingest",
      typeName = "Observation",
      manualRequest = true,
      manualResponse = true,
      canonicalUrl = "https://vigil.dev/fhir/OperationDefinition/Observation-ingest")
  public void ingest(RequestDetails request, HttpServletRequest sent, HttpServletResponse response)
      throws IOException {
    try {
      demandLines(sent);
      AccessDecision caller = AccessDecision.required();
      if (!running || !free.tryAcquire()) {
        throw new ProblemException(
            new Problem(
                Problem.Kind.UNAVAILABLE, "", "as many streams as the server takes are open"));
      }
      try {
        exchange(caller, Preference.of(request).minimal(), sent, response);
      } finally {
        free.release();
      }
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    }
  }

  private static void demandLines(HttpServletRequest sent) {
    String type = sent.getContentType() == null ? "" : sent.getContentType();
    if (!TYPES.contains(type.split(";")[0].strip().toLowerCase(Locale.ROOT))) {
      throw new ProblemException(
          Problem.invalid("", "the body has to be of the type application/fhir+ndjson"));
    }
    String encoding = sent.getHeader("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("gzip")) {
      throw new ProblemException(Problem.invalid("", "the body may be packed by gzip only"));
    }
  }

  private void exchange(
      AccessDecision caller, boolean minimal, HttpServletRequest sent, HttpServletResponse response)
      throws IOException {
    response.setStatus(HttpServletResponse.SC_OK);
    response.setContentType("application/ndjson");
    response.setHeader("Cache-Control", "no-store");
    try (Outcomes outcomes = new Outcomes()) {
      IngestStream stream = new IngestStream(caller, parser, intake, others, outcomes, minimal);
      LineQueue lines = new LineQueue(IngestStream.AT_ONCE);
      Future<?> reading = pool.submit(() -> lines.fill(() -> body(sent)));
      Future<?> storing = pool.submit(() -> store(stream, lines, outcomes));
      try {
        send(outcomes, response.getOutputStream());
      } catch (IOException e) {
        log.info("a client left its stream before the answers were sent");
        outcomes.abandon();
      } finally {
        lines.stop();
        join(storing);
        join(reading);
      }
    }
  }

  private static InputStream body(HttpServletRequest sent) throws IOException {
    InputStream body = sent.getInputStream();
    return sent.getHeader("Content-Encoding") == null ? body : new GZIPInputStream(body, 64 * 1024);
  }

  private void store(IngestStream stream, LineQueue lines, Outcomes outcomes) {
    try {
      stream.take(lines, () -> !running);
    } catch (IOException e) {
      log.info("a stream broke off: {}", e.getClass().getSimpleName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      RuntimeException safe = new RuntimeException(e.getClass().getName());
      safe.setStackTrace(e.getStackTrace());
      log.error("a stream failed incident={}", UUID.randomUUID(), safe);
    } finally {
      lines.stop();
      outcomes.end();
    }
  }

  private static void send(Outcomes outcomes, OutputStream out) throws IOException {
    try {
      byte[] some;
      while ((some = outcomes.take()) != null) {
        out.write(some);
        if (!outcomes.waiting()) {
          out.flush();
        }
      }
      out.flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The request's streams are the container's again when this method has ended. */
  private static void join(Future<?> reading) throws IOException {
    try {
      reading.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reading.cancel(true);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException("the stream failed", e);
    }
  }

  @Override
  public void start() {
    running = true;
  }

  /** Streams end after the lines they are at. */
  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
