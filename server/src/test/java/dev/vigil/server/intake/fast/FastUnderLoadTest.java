package dev.vigil.server.intake.fast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.log.EventLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Many clients at once, and more than there is room for. */
class FastUnderLoadTest {

  private static final int CLIENTS = 8;

  private final Hospital hospital = new Hospital();
  private final VigilServer server = VigilServer.get();
  private final ExecutorService clients = Executors.newFixedThreadPool(2 * CLIENTS);
  private final String at =
      Instant.now().minusSeconds(600).truncatedTo(ChronoUnit.SECONDS).toString();

  @AfterEach
  void stop() {
    clients.shutdownNow();
  }

  /** Hazard: a reading that is stored twice, or confirmed and lost. */
  @Test
  @Tag("safety")
  void storesEachIdentifierOnceHoweverManySendIt() {
    Bedside bed = hospital.admit();
    teach(bed);
    String prefix = UUID.randomUUID().toString();
    List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      for (int round = 0; round < 5; round++) {
        int first = 50 * round + 10 * client;
        String body = bundle(bed, prefix, first, 100, true);
        sent.add(CompletableFuture.supplyAsync(() -> post(body, hospital.admin()), clients));
      }
    }
    List<HttpResponse<String>> answers = sent.stream().map(CompletableFuture::join).toList();

    long confirmed = answers.stream().filter(answer -> answer.statusCode() == 200).count();
    assertThat(answers)
        .allSatisfy(answer -> assertThat(answer.statusCode()).isIn(200, 409, 429, 503));
    assertThat(confirmed).isPositive();
    // What was refused is sent again, as a gateway would.
    for (int from = 0; from < 50 * 4 + 10 * (CLIENTS - 1) + 100; from += 100) {
      String body = bundle(bed, prefix, from, 100, true);
      HttpResponse<String> answer = post(body, hospital.admin());
      assertThat(answer.statusCode()).isEqualTo(200);
    }
    assertThat(stored(bed)).isEqualTo(400);
  }

  @Test
  void answersWhoFindsNoRoomAndStoresWhatItConfirms() throws Exception {
    Bedside bed = hospital.admit();
    teach(bed);
    String gateway = server.token("demo-gateway", "");
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Void> blocker =
        CompletableFuture.runAsync(
            () ->
                new TransactionTemplate(server.bean(PlatformTransactionManager.class))
                    .executeWithoutResult(
                        status -> {
                          server.bean(EventLog.class).lock();
                          held.countDown();
                          await(release);
                        }),
            clients);
    held.await();
    List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
    // The first is taken and waits for the log, the others wait in the queue.
    sent.add(send(bed, hospital.admin()));
    Hospital.eventually(() -> server.bean(GroupCommit.class).waiting() == 0);
    pause();
    IntStream.range(0, 6).forEach(n -> sent.add(send(bed, hospital.admin())));
    Hospital.eventually(() -> server.bean(GroupCommit.class).waiting() == 600);
    sent.add(send(bed, gateway));
    Hospital.eventually(() -> server.bean(GroupCommit.class).waiting() == 700);
    IntStream.range(0, 3).forEach(n -> sent.add(send(bed, gateway)));
    Hospital.eventually(() -> server.bean(GroupCommit.class).waiting() == 1_000);

    HttpResponse<String> throttled = send(bed, hospital.admin()).join();
    HttpResponse<String> busy = send(bed, gateway).join();
    release.countDown();
    blocker.join();

    assertThat(throttled.statusCode()).isEqualTo(429);
    assertThat(throttled.headers().firstValue("Retry-After")).contains("1");
    assertThat(throttled.body()).contains("OperationOutcome", "throttled");
    assertThat(busy.statusCode()).isEqualTo(503);
    assertThat(busy.headers().firstValue("Retry-After")).contains("1");
    assertThat(busy.body()).contains("OperationOutcome", "transient");
    List<HttpResponse<String>> answers = sent.stream().map(CompletableFuture::join).toList();
    assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(200));
    assertThat(stored(bed)).isEqualTo(100L * sent.size());
  }

  private void teach(Bedside bed) {
    double before = committed();
    Hospital.eventually(
        () -> {
          String one = bundle(bed, UUID.randomUUID().toString(), 0, 1, false);
          post(one.replace("\"value\":60", "\"value\":59"), hospital.admin());
          return committed() > before;
        });
  }

  /** What a bundle of this test holds, without what taught it. */
  private long stored(Bedside bed) {
    return JdbcClient.create(server.bean(DataSource.class))
        .sql(
            """
            select count(*) from telemetry.observation as o
            join telemetry.target as t on t.number = o.patient
            where 'Patient/' || t.id = :patient and o.value >= 60
            """)
        .param("patient", bed.patient())
        .query(Long.class)
        .single();
  }

  private double committed() {
    return server.bean(MeterRegistry.class).counter("vigil.intake.fast.observations").count();
  }

  private CompletableFuture<HttpResponse<String>> send(Bedside bed, String token) {
    String body = bundle(bed, UUID.randomUUID().toString(), 0, 100, false);
    return CompletableFuture.supplyAsync(() -> post(body, token), clients);
  }

  private HttpResponse<String> post(String body, String token) {
    return server.fhirPost("", body, token);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(300);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String bundle(Bedside bed, String prefix, int from, int size, boolean conditional) {
    List<String> entries = new ArrayList<>();
    for (int n = from; n < from + size; n++) {
      String identifier = prefix + "-" + n;
      entries.add(
          """
          {"resource":{"resourceType":"Observation","identifier":[{"system":"urn:load",\
          "value":"%s"}],"status":"final","code":{"coding":[{"system":"http://loinc.org",\
          "code":"8867-4"}]},"subject":{"reference":"%s"},"effectiveDateTime":"%s",\
          "valueQuantity":{"value":%d,"unit":"/min","system":"http://unitsofmeasure.org",\
          "code":"/min"},"device":{"reference":"%s"}},"request":{"method":"POST",\
          "url":"Observation"%s}}"""
              .formatted(
                  identifier,
                  bed.patient(),
                  at,
                  60 + n % 40,
                  bed.device(),
                  conditional
                      ? ",\"ifNoneExist\":\"identifier=urn:load|" + identifier + "\""
                      : ""));
    }
    return "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
        + String.join(",", entries)
        + "]}";
  }
}
