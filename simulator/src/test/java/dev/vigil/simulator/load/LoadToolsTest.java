package dev.vigil.simulator.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.simulator.FakeFhirServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LoadToolsTest {

  private final FakeFhirServer server = new FakeFhirServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void percentilesAreByNearestRank() {
    List<Long> nanos = LongStream.rangeClosed(1, 100).mapToObj(ms -> ms * 1_000_000).toList();

    assertThat(Percentiles.ofNanos(nanos)).isEqualTo(new Percentiles(100, 50, 95, 100));
    assertThat(Percentiles.ofNanos(List.of()).p50()).isNaN();
  }

  @Test
  void theIngestRateCountsWhatWasConfirmed() {
    IngestRate.Result result = new IngestRate(server.client()).run(2, Duration.ofMillis(300));

    assertThat(result.errors()).isZero();
    assertThat(result.observations())
        .isPositive()
        .isEqualTo(server.resources("Observation").size());
    assertThat(result.table()).contains("Observations a second");
    assertThat(identifiersStored()).doesNotHaveDuplicates();
  }

  @Nested
  class TheAlertLatency {

    @Test
    void isMeasuredForEachPatientWhoseAlertComes() {
      server.raiseAlerts();
      AlertLatency.Result result = latency().run(3, line -> {});

      assertThat(result.alert().count()).isEqualTo(3);
      assertThat(result.missing()).isZero();
      assertThat(result.alert().max()).isGreaterThanOrEqualTo(result.post().p50());
      assertThat(server.resources("Observation")).hasSize(12);
    }

    @Test
    void endsWhenNoAlertComes() {
      AlertLatency.Result result = latency().run(30, line -> {});

      assertThat(result.missing()).isEqualTo(3);
      assertThat(result.alert().count()).isZero();
    }

    private AlertLatency latency() {
      return new AlertLatency(server.client(), server.client(), Duration.ofMillis(100));
    }
  }

  @Nested
  class AConfirmedStream {

    @TempDir private Path folder;

    @Test
    void findsEachConfirmedReadingOnceThoughAnswersWereLost() throws InterruptedException {
      Path record = folder.resolve("confirmed");
      ConfirmedStream stream = new ConfirmedStream(server.client(), 10, record);
      stream.start();
      until(() -> stream.confirmed().size() > 50);
      server.dropAnswers(3);
      server.answer(500);
      until(() -> stream.interruptions() >= 2);
      int before = stream.confirmed().size();
      until(() -> stream.confirmed().size() > before + 50);
      stream.close();

      assertThat(stream.refusals()).isZero();
      assertThat(stream.verify(server.base()).kept()).isTrue();
      assertThat(stream.confirmed()).doesNotHaveDuplicates();
      assertThat(record).content().hasLineCount(stream.confirmed().size());
    }

    @Test
    void noticesLossAndRepetition() throws Exception {
      ConfirmedStream stream = new ConfirmedStream(server.client(), 5);
      stream.start();
      until(() -> stream.confirmed().size() > 20);
      stream.close();
      server.lose("Observation");
      server.doubleOne("Observation");
      ConfirmedStream.Verdict verdict = stream.verify(server.client());

      assertThat(verdict.kept()).isFalse();
      assertThat(verdict.missing()).containsExactly(stream.confirmed().get(0));
      assertThat(verdict.repeated()).containsExactly(stream.confirmed().get(1));
      assertThat(Files.list(folder)).isEmpty();
    }
  }

  @Nested
  class TheSimulateCommand {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void sendsAtItsRateAndEndsWithZero() {
      int exit = run("--patients", "4", "--duration", "1", "--rate", "200", "--secret", "s");

      assertThat(exit).isZero();
      assertThat(out.toString()).contains("registered 4 patients").contains("errors 0");
      assertThat(server.resources("Observation").size()).isBetween(100, 201);
    }

    @Test
    void streamsLinesAtItsRate() {
      int exit =
          run("--patients", "4", "--duration", "2", "--rate", "200", "--secret", "s", "--ingest");

      assertThat(exit).as(err.toString()).isZero();
      assertThat(out.toString()).contains("lines ").contains("errors 0");
      assertThat(server.resources("Observation").size()).isBetween(200, 401);
      assertThat(identifiersStored()).doesNotHaveDuplicates();
    }

    @Test
    void endsWithOneWhenAStreamIsRefused() {
      server.refuseReadings();

      assertThat(
              run(
                  "--patients",
                  "1",
                  "--duration",
                  "1",
                  "--rate",
                  "50",
                  "--secret",
                  "s",
                  "--ingest"))
          .isEqualTo(1);
    }

    @Test
    void saysWhatIsWrongWithItsOptions() {
      assertThat(run("--rate", "0", "--secret", "s")).isEqualTo(2);
      assertThat(err.toString()).contains("--rate");
    }

    @Test
    void endsWithOneWhenBundlesFail() {
      server.refuseReadings();

      assertThat(run("--patients", "1", "--duration", "1", "--rate", "50", "--secret", "s"))
          .isEqualTo(1);
    }

    @Test
    void endsWithThreeWhenItMayNotRegister() {
      server.answer(403);

      assertThat(run("--patients", "1", "--duration", "1", "--secret", "s")).isEqualTo(3);
      assertThat(err.toString()).contains("registration failed: HTTP 403");
    }

    private int run(String... arguments) {
      CommandLine line = new CommandLine(new SimulateCommand());
      line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
      String[] all = new String[arguments.length + 2];
      all[0] = "--url";
      all[1] = server.base().toString();
      IntStream.range(0, arguments.length).forEach(i -> all[i + 2] = arguments[i]);
      return line.execute(all);
    }
  }

  private List<String> identifiersStored() {
    return server.resources("Observation").stream()
        .map(observation -> observation.path("identifier").path(0).path("value").asText())
        .toList();
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(30);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(10);
    }
  }
}
