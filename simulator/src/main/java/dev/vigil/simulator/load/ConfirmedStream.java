package dev.vigil.simulator.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vigil.simulator.ward.ReadingBundle;
import dev.vigil.simulator.ward.Registered;
import dev.vigil.simulator.ward.Registration;
import dev.vigil.simulator.ward.Ward;
import dev.vigil.simulator.wire.FhirClient;
import dev.vigil.simulator.wire.RefusedException;
import dev.vigil.simulator.wire.TransactionResult;
import dev.vigil.simulator.wire.UnreachableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stream of readings that remembers what the server confirmed, for tests that kill the server on
 * the way. Each reading has an identifier of its own and is created conditionally; a bundle without
 * an answer is sent again until it is confirmed or the stream ends, as a gateway would.
 */
public final class ConfirmedStream implements AutoCloseable {

  private static final int IDENTIFIERS_A_SEARCH = 20;
  private static final int PATIENTS = 4;

  private final FhirClient client;
  private final int bundleSize;
  private final Path record;
  private final List<String> confirmed = Collections.synchronizedList(new ArrayList<>());
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger interruptions = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();
  private SteadyReadings readings;
  private Thread thread;
  private volatile boolean closed;

  /**
   * What became of a stream's readings.
   *
   * @param missing confirmed, but not there
   * @param repeated there more than once, confirmed or not
   */
  public record Verdict(int confirmed, List<String> missing, List<String> repeated) {

    /** Copies the lists. */
    public Verdict {
      missing = List.copyOf(missing);
      repeated = List.copyOf(repeated);
    }

    /** Whether each confirmed reading is there and none twice. */
    public boolean kept() {
      return missing.isEmpty() && repeated.isEmpty();
    }
  }

  /** A stream that keeps its record in memory. */
  public ConfirmedStream(FhirClient client, int bundleSize) {
    this(client, bundleSize, null);
  }

  /**
   * @param client may write and read patients, devices and readings; a short patience makes the
   *     stream notice a dead server early
   * @param bundleSize Observations in a transaction
   * @param record each confirmed identifier is appended to this file as a line; null for none
   */
  public ConfirmedStream(FhirClient client, int bundleSize, Path record) {
    this.client = Objects.requireNonNull(client, "client");
    this.bundleSize = bundleSize;
    this.record = record;
  }

  /** Registers its patients and begins to send; returns after the registration. */
  public void start() {
    String cohort = "KILL-" + Long.toString(System.currentTimeMillis(), 36).toUpperCase();
    List<Registered> ward =
        Registration.register(client, Ward.mixed(cohort, PATIENTS, cohort.hashCode()));
    readings = new SteadyReadings(ward, Clock.systemUTC());
    thread = new Thread(this::stream, "confirmed-stream");
    thread.setDaemon(true);
    thread.start();
  }

  /** Identifiers (of {@link ReadingBundle#IDENTIFIER_SYSTEM}) confirmed so far, in order. */
  public List<String> confirmed() {
    synchronized (confirmed) {
      return List.copyOf(confirmed);
    }
  }

  /** How many times a bundle got no answer, or one of a server in trouble. */
  public int interruptions() {
    return interruptions.get();
  }

  /** How many bundles were refused; more than none means that the test itself is wrong. */
  public int refusals() {
    return refusals.get();
  }

  /** Stops after the bundle on the wire; waits for it at most 30 seconds. */
  @Override
  public void close() {
    closed = true;
    if (thread == null) {
      return;
    }
    try {
      thread.join(30_000);
      thread.interrupt();
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks up every reading sent so far at an address, with this stream's credentials. */
  public Verdict verify(URI fhirBase) {
    return verify(client.at(fhirBase));
  }

  /** Looks up every reading sent so far. */
  public Verdict verify(FhirClient reader) {
    List<String> all;
    synchronized (sent) {
      all = List.copyOf(sent);
    }
    Map<String, Integer> found = new HashMap<>();
    for (int i = 0; i < all.size(); i += IDENTIFIERS_A_SEARCH) {
      List<String> part = all.subList(i, Math.min(all.size(), i + IDENTIFIERS_A_SEARCH));
      count(reader, part, found);
    }
    List<String> expected = confirmed();
    return new Verdict(
        expected.size(),
        expected.stream().filter(identifier -> !found.containsKey(identifier)).toList(),
        all.stream().filter(identifier -> found.getOrDefault(identifier, 0) > 1).toList());
  }

  private static void count(FhirClient reader, List<String> part, Map<String, Integer> found) {
    List<String> tokens =
        part.stream()
            .map(identifier -> ReadingBundle.IDENTIFIER_SYSTEM + "|" + identifier)
            .toList();
    JsonNode page =
        reader.search(
            "Observation",
            "identifier",
            String.join(",", tokens),
            "_count",
            String.valueOf(IDENTIFIERS_A_SEARCH * 5));
    for (JsonNode entry : page.path("entry")) {
      found.merge(
          entry.path("resource").path("identifier").path(0).path("value").asText(),
          1,
          Integer::sum);
    }
  }

  private void stream() {
    while (!closed) {
      ReadingBundle bundle = readings.bundle(bundleSize, true);
      List<String> identifiers = bundle.identifiers();
      sent.addAll(identifiers);
      boolean answered = false;
      while (!answered && !closed) {
        try {
          note(identifiers, client.transactionOnce(bundle.json()));
          answered = true;
        } catch (RefusedException e) {
          answered = !e.mayPass();
          (answered ? refusals : interruptions).incrementAndGet();
        } catch (UnreachableException e) {
          interruptions.incrementAndGet();
        }
      }
    }
  }

  /** 201: stored now; 200: stored by an earlier attempt whose answer was lost. */
  private void note(List<String> identifiers, TransactionResult result) {
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < Math.min(identifiers.size(), result.entries().size()); i++) {
      if (result.entries().get(i).status() / 100 == 2) {
        taken.add(identifiers.get(i));
      }
    }
    confirmed.addAll(taken);
    if (record != null) {
      try {
        Files.write(record, taken, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
