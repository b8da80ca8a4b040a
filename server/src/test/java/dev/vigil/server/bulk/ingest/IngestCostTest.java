package dev.vigil.server.bulk.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Prints what two streams at full speed cost others: times of searches and single posts of four
 * clients without and with them. They are not judged: they say as much of the machine as of Vigil.
 */
@Tag("long")
class IngestCostTest {

  private static final int CLIENTS = 4;
  private static final long SECONDS = 20;

  private final Hospital hospital = new Hospital();
  private final VigilServer server = hospital.server();
  private final Bedside bedside = hospital.admit();
  private final AtomicInteger number = new AtomicInteger();

  @Test
  void othersGoOnWhileStreamsCome() throws Exception {
    List<Long> warm = others();
    assertThat(warm).isNotEmpty();
    List<Long> alone = others();
    ExecutorService streams = Executors.newFixedThreadPool(2);
    try {
      List<Future<HttpResponse<String>>> answers = new ArrayList<>();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS + 2);
      long begin = System.nanoTime();
      for (int i = 0; i < 2; i++) {
        answers.add(streams.submit(() -> stream(end)));
      }
      List<Long> beside = others();
      long lines = 0;
      for (Future<HttpResponse<String>> answer : answers) {
        String sum = answer.get().body().strip();
        assertThat(sum).contains("\"complete\":true").contains("\"refused\":0");
        lines += Long.parseLong(sum.replaceAll(".*\"created\":(\\d+).*", "$1"));
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          "four clients alone: %d requests, p50 %.1f ms, p95 %.1f ms%n",
          alone.size(), percentile(alone, 50), percentile(alone, 95));
      System.out.printf(
          "beside two streams: %d requests, p50 %.1f ms, p95 %.1f ms; streams %.0f lines/s%n",
          beside.size(), percentile(beside, 50), percentile(beside, 95), lines / seconds);
      assertThat(lines).isPositive();
    } finally {
      streams.shutdownNow();
    }
  }

  private static double percentile(List<Long> nanos, int percent) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100)) / 1e6;
  }

  private List<Long> others() throws Exception {
    List<Long> times = Collections.synchronizedList(new ArrayList<>());
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    for (int i = 0; i < CLIENTS; i++) {
      boolean reads = i % 2 == 0;
      clients.submit(() -> one(reads, end, times));
    }
    clients.shutdown();
    assertThat(clients.awaitTermination(2 * SECONDS, TimeUnit.SECONDS)).isTrue();
    return times;
  }

  /** Ten requests a second at most, as a person or a device would. */
  private Void one(boolean reads, long end, List<Long> times) throws InterruptedException {
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      int status =
          reads
              ? hospital.get("Observation?subject=" + bedside.patient() + "&_count=20").status()
              : hospital.post("Observation", reading()).status();
      times.add(System.nanoTime() - start);
      assertThat(status).isIn(200, 201);
      Thread.sleep(100);
    }
    return null;
  }

  private org.hl7.fhir.r4.model.Observation reading() {
    int next = number.incrementAndGet();
    return bedside.heartRate(Integer.toString(60 + next % 60), Instant.now().minusMillis(next));
  }

  private HttpResponse<String> stream(long end) throws Exception {
    Enumeration<InputStream> pieces =
        new Enumeration<>() {
          @Override
          public boolean hasMoreElements() {
            return System.nanoTime() < end;
          }

          @Override
          public InputStream nextElement() {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 50; i++) {
              lines.append(Hospital.json(reading())).append('\n');
            }
            return new java.io.ByteArrayInputStream(
                lines.toString().getBytes(StandardCharsets.UTF_8));
          }
        };
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.fhir() + "/Observation/$ingest"))
            .header("Authorization", "Bearer " + hospital.admin())
            .header("Content-Type", "application/fhir+ndjson")
            .header("Prefer", "return=minimal")
            .POST(BodyPublishers.ofInputStream(() -> new SequenceInputStream(pieces)))
            .build();
    return server.http().send(request, BodyHandlers.ofString());
  }
}
