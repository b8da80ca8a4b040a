package dev.vigil.simulator.ward;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vigil.simulator.FakeFhirServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class WardRunTest {

  @Test
  void registersFillsInThePastAndMeasures() throws InterruptedException {
    try (FakeFhirServer server = new FakeFhirServer()) {
      List<String> said = new CopyOnWriteArrayList<>();
      try (WardRun run =
          WardRun.start(server.client(), Ward.demo(), Clock.systemUTC(), said::add)) {
        until(() -> said.stream().anyMatch(line -> line.contains("history filled in")));
        until(() -> run.bundles() > 5);
        assertThat(run.errors()).isZero();
      }
      long glucose = server.resources("Observation").stream().filter(WardRunTest::glucose).count();

      assertThat(server.resources("Patient")).hasSize(20);
      assertThat(glucose).isBetween(5 * 280L, 5 * 295L);
      assertThat(server.transactions())
          .allSatisfy(bundle -> assertThat(bundle.path("entry")).hasSizeLessThanOrEqualTo(200));
      assertThat(said).noneMatch(line -> line.contains("Ward Patient"));
    }
  }

  @Test
  void doesNotSendAPastThatIsThere() throws InterruptedException {
    try (FakeFhirServer server = new FakeFhirServer()) {
      for (int start = 0; start < 2; start++) {
        List<String> said = new CopyOnWriteArrayList<>();
        try (WardRun run =
            WardRun.start(server.client(), Ward.demo(), Clock.systemUTC(), said::add)) {
          until(() -> said.stream().anyMatch(line -> line.contains("history filled in")));
        }
        String last = start == 0 ? ".*history filled in, [1-9]\\d+ readings" : ".* 0 readings";
        assertThat(said).anyMatch(line -> line.matches(last));
      }
      assertThat(server.resources("Patient")).hasSize(20);
    }
  }

  @Test
  void keepsWhatTheServerCouldNotTakeAndSendsItLater() throws InterruptedException {
    try (FakeFhirServer server = new FakeFhirServer()) {
      Instant begin = Instant.now();
      try (WardRun run =
          WardRun.start(server.client(), Ward.demo(), Clock.systemUTC(), line -> {})) {
        until(() -> run.bundles() > 0);
        server.answer(500, 500);
        until(() -> run.errors() >= 1);
        long before = run.bundles();
        until(() -> run.bundles() > before + 5);
      }

      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(60));
      assertThat(server.resources("Observation")).isNotEmpty();
    }
  }

  private static boolean glucose(JsonNode observation) {
    return observation.path("code").path("coding").path(0).path("code").asText().equals("160212");
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(30);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(20);
    }
  }
}
