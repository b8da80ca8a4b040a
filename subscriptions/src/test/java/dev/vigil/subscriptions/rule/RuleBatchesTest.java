package dev.vigil.subscriptions.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.subscriptions.LogDriver;
import dev.vigil.telemetry.reader.LogReader;
import dev.vigil.terminology.ucum.Ucum;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However many events the rules' reader takes at once, and whatever it remembers of earlier ones.
 */
class RuleBatchesTest {

  private static final SamplingIntervals INTERVALS =
      (tenant, device, metric, otherwise) -> RandomWard.interval(device, otherwise);
  private static final RuleEngine ENGINE = new RuleEngine(Ucum.standard(), PatientContext.UNKNOWN);

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void eachEventIsDecidedAsIfItHadComeAlone(long seed) {
    try (LogDriver plain = new LogDriver();
        LogDriver batches = new LogDriver();
        LogDriver turns = new LogDriver()) {
      keepUp(seed, plain);
      lagBehind(seed, batches);
      takeTurns(seed, turns);

      assertThat(alerts(plain)).hasSizeGreaterThan(5);
      for (LogDriver other : List.of(batches, turns)) {
        assertThat(alerts(other)).isEqualTo(alerts(plain));
        assertThat(rows(other, "episode")).isEqualTo(rows(plain, "episode"));
        assertThat(issues(other)).isEqualTo(issues(plain));
      }
    }
  }

  private static void keepUp(long seed, LogDriver on) {
    LogReader reader = new OneByOneRules(on, rules(), ENGINE, INTERVALS);
    for (Consumer<LogDriver> step : new RandomWard(seed).steps()) {
      step.accept(on);
      on.drive(reader);
    }
  }

  /** Takes some events now and then, and in the end what is left. */
  private static void lagBehind(long seed, LogDriver on) {
    Random random = new Random(seed + 1_000);
    LogReader reader = reader(on);
    for (Consumer<LogDriver> step : new RandomWard(seed).steps()) {
      step.accept(on);
      if (random.nextInt(50) == 0) {
        on.drive(reader, 1 + random.nextInt(100));
      }
    }
    while (on.behind()) {
      on.drive(reader, 1 + random.nextInt(100));
    }
  }

  /**
   * Two processes take events in turn, so that each misses some; now and then one is killed before
   * its commit, and goes on or is started anew.
   */
  private static void takeTurns(long seed, LogDriver on) {
    Random random = new Random(seed + 2_000);
    LogReader[] readers = {reader(on), reader(on)};
    for (Consumer<LogDriver> step : new RandomWard(seed).steps()) {
      step.accept(on);
      if (random.nextInt(4) == 0) {
        int which = random.nextInt(2);
        if (random.nextInt(5) == 0) {
          on.driveAndDie(readers[which]);
          readers[which] = random.nextBoolean() ? reader(on) : readers[which];
        }
        on.drive(readers[which], 1 + random.nextInt(10));
      }
    }
    while (on.behind()) {
      on.drive(readers[random.nextInt(2)], 1 + random.nextInt(50));
    }
  }

  private static RuleReader reader(LogDriver on) {
    return new RuleReader(
        on.readings,
        tenant -> ShippedRules.plans(),
        ShippedRules.compiler(),
        ENGINE,
        INTERVALS,
        on.desk,
        on.jdbc);
  }

  private static RuleSet rules() {
    return new RuleSet(
        ShippedRules.plans().stream().map(plan -> ShippedRules.compiler().compile(plan)).toList());
  }

  private static List<String> alerts(LogDriver on) {
    return rows(on, "alert");
  }

  private static List<String> rows(LogDriver on, String table) {
    return on.database
        .jdbc()
        .sql("select row::text from subscriptions." + table + " as row order by row::text")
        .query(String.class)
        .list();
  }

  /** Those of people who were not erased: the others' go with the erasure, in another place. */
  private static Map<String, String> issues(LogDriver on) {
    return on.issues.entrySet().stream()
        .filter(issue -> !erased(issue))
        .collect(
            Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
  }

  private static boolean erased(Map.Entry<String, String> issue) {
    return issue.getKey().startsWith(RandomWard.TENANTS.get(0) + "/")
        && issue.getValue().contains("Patient/" + RandomWard.ERASED);
  }
}
