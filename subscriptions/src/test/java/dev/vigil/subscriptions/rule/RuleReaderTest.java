package dev.vigil.subscriptions.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertEvent;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.subscriptions.LogDriver;
import dev.vigil.subscriptions.alert.AlertBoard;
import dev.vigil.terminology.ucum.Ucum;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RuleReaderTest {

  private static LogDriver driver;
  private static int tenants;

  @BeforeAll
  static void open() {
    driver = new LogDriver();
  }

  @AfterAll
  static void close() {
    driver.close();
  }

  @TestFactory
  Stream<DynamicTest> vectorsAreDecidedTheSameThroughTheLogAndPostgres() {
    return ShippedRules.IDS.stream()
        .flatMap(
            id -> {
              List<Vector> vectors = Vector.of(id);
              return vectors.stream()
                  .filter(
                      vector ->
                          id.equals("GLU-01")
                              || !vector.restarts().isEmpty()
                              || vectors.indexOf(vector) % 6 == 0)
                  .map(
                      vector ->
                          DynamicTest.dynamicTest(
                              id + ": " + vector.title(), () -> runs(id, vector)));
            });
  }

  private void runs(String id, Vector vector) {
    TenantId tenant = newTenant();
    List<PlanDefinition> plans = List.of(ShippedRules.plan(ShippedRules.json(id)));
    RuleReader reader = reader(driver, plans, vector);
    List<Instant> restarts = new ArrayList<>(vector.restarts());
    for (List<Reading> message : vector.messages()) {
      if (!restarts.isEmpty() && message.get(0).receivedAt().isAfter(restarts.get(0))) {
        restarts.remove(0);
        reader = reader(driver, plans, vector);
      }
      driver.message(tenant, message);
      driver.drive(reader);
    }
    List<String> expected =
        vector.expected().stream().map(line -> line.replaceAll(" from .*", "")).toList();

    assertThat(spelled(driver.alertEvents(tenant))).isEqualTo(expected);
  }

  @Test
  void aKillBeforeTheCommitLeavesExactlyOneAlert() {
    TenantId tenant = newTenant();
    Vector episode = vector("GLU-01", "an episode rings once");
    for (List<Reading> message : episode.messages()) {
      driver.message(tenant, message);
      driver.driveAndDie(reader(driver, ShippedRules.plans(), episode));
      driver.drive(reader(driver, ShippedRules.plans(), episode));
    }

    assertThat(driver.alertEvents(tenant)).hasSize(1);
    assertThat(new AlertBoard(driver.jdbc).open(tenant)).hasSize(1);
  }

  @Test
  void aReplayGivesTheSameAlertsByteForByteHoweverTheReaderBatches() {
    try (LogDriver first = new LogDriver();
        LogDriver second = new LogDriver()) {
      for (String id : ShippedRules.IDS) {
        for (Vector vector : Vector.of(id).subList(0, 12)) {
          if (!vector.context().isEmpty()) {
            continue;
          }
          TenantId tenant = newTenant();
          for (List<Reading> message : vector.messages()) {
            first.message(tenant, message);
            first.drive(reader(first, ShippedRules.plans(), vector));
            second.message(tenant, message);
          }
        }
      }
      second.drive(reader(second, ShippedRules.plans(), Vector.of("GLU-01").get(0)));

      assertThat(first.issues).isNotEmpty();
      assertThat(second.issues).isEqualTo(first.issues);
      assertThat(rows(second)).isEqualTo(rows(first));
    }
  }

  @Test
  void aHigherRuleOfAFamilyTakesOverAndHidesTheLower() {
    TenantId tenant = newTenant();
    Vector falling = vector("GLU-01", "it rings again after clearing and coming back");
    RuleReader reader = reader(driver, ShippedRules.plans(), falling);
    List<List<Reading>> messages = new ArrayList<>(falling.messages());
    for (List<Reading> message : messages.subList(0, 4)) {
      driver.message(tenant, message);
      driver.drive(reader);
    }

    assertThat(new AlertBoard(driver.jdbc).ofPatient(tenant, Vector.PATIENT))
        .extracting(alert -> alert.alert().rule())
        .containsExactly("GLU-01");
  }

  @Test
  void aChangedPlanDefinitionCountsFromTheEventThatTellsAboutIt() {
    TenantId tenant = newTenant();
    Vector onTheLimit = vector("GLU-01", "on the limit");
    List<PlanDefinition> plans = new ArrayList<>();
    plans.add(ShippedRules.plan(ShippedRules.json("GLU-01")));
    RuleReader reader = reader(driver, plans, onTheLimit);
    List<List<Reading>> messages = new ArrayList<>(onTheLimit.messages());
    for (List<Reading> message : messages.subList(0, 4)) {
      driver.message(tenant, message);
      driver.drive(reader);
    }
    assertThat(driver.alertEvents(tenant)).isEmpty();

    plans.set(
        0,
        ShippedRules.plan(
            ShippedRules.json("GLU-01")
                .replace("\"value\": 54", "\"value\": 60")
                .replace("\"version\": \"1.0.0\"", "\"version\": \"1.1.0\"")));
    driver.write(
        tenant,
        List.of(new ResourceChange("PlanDefinition", "GLU-01", 2, ResourceChange.Action.UPDATED)));
    driver.message(tenant, messages.get(4));
    driver.drive(reader);

    assertThat(driver.alertEvents(tenant))
        .singleElement()
        .satisfies(event -> assertThat(event.alert().ruleVersion()).isEqualTo("1.1.0"));
  }

  @Test
  void aRuleThatDoesNotCompileStopsNoOther() {
    TenantId tenant = newTenant();
    Vector low = vector("GLU-01", "an episode rings once");
    PlanDefinition broken = ShippedRules.plan(ShippedRules.json("GLU-02"));
    broken.getAction().remove(1);
    RuleReader reader =
        reader(driver, List.of(broken, ShippedRules.plan(ShippedRules.json("GLU-01"))), low);
    low.messages().forEach(message -> driver.message(tenant, message));
    driver.drive(reader);

    assertThat(new AlertBoard(driver.jdbc).open(tenant)).hasSize(1);
  }

  private static List<String> rows(LogDriver from) {
    return from.database
        .jdbc()
        .sql("select a::text from subscriptions.alert a order by tenant_id, alert_id")
        .query(String.class)
        .list();
  }

  private static Vector vector(String rule, String title) {
    return Vector.of(rule).stream()
        .filter(vector -> vector.title().equals(title))
        .findFirst()
        .orElseThrow();
  }

  private static RuleReader reader(LogDriver on, List<PlanDefinition> plans, Vector vector) {
    return new RuleReader(
        on.readings,
        tenant -> plans,
        ShippedRules.compiler(),
        new RuleEngine(Ucum.standard(), vector.patientContext()),
        vector.samplingIntervals(),
        on.desk,
        on.jdbc);
  }

  private static TenantId newTenant() {
    return new TenantId("vector-" + ++tenants);
  }

  private static List<String> spelled(List<AlertEvent> events) {
    List<String> words = new ArrayList<>();
    for (AlertEvent event : events) {
      if (event instanceof AlertRaised raised) {
        words.add(
            "raised "
                + raised.alert().tier().name().toLowerCase(Locale.ROOT)
                + " at "
                + Vector.spell(raised.alert().raisedAt()));
      } else if (event instanceof AlertCleared cleared) {
        words.add("cleared at " + Vector.spell(cleared.clearedAt()));
      }
    }
    return words;
  }
}
