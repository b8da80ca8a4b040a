package dev.vigil.subscriptions.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.AlertId;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.core.event.Actor;
import dev.vigil.core.event.Alert;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.AlertResolved;
import dev.vigil.subscriptions.LogDriver;
import dev.vigil.telemetry.log.Source;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AlertDeskTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final TenantId OTHER = new TenantId("other");
  private static final Source PAGE = new Source("dashboard", "nurse");
  private static final Actor NURSE = new Actor("Practitioner/nurse", "Nurse");
  private static final Instant ONSET = LogDriver.NOW.minusSeconds(900);

  private static LogDriver driver;
  private static TakeAlertStep steps;
  private static AlertBoard board;
  private static int patients;

  @BeforeAll
  static void open() {
    driver = new LogDriver();
    Clock clock = Clock.fixed(LogDriver.NOW.plusSeconds(60), ZoneOffset.UTC);
    steps = new TakeAlertStep(driver.desk, driver.database.transactions(), clock);
    board = new AlertBoard(driver.jdbc);
  }

  @AfterAll
  static void close() {
    driver.close();
  }

  @Test
  void anAlertIsRaisedAcknowledgedAndResolvedWithActorTimeAndReason() {
    AlertId alert = raised(Tier.HIGH);

    steps.take(AlertStep.ACKNOWLEDGE, TENANT, alert, NURSE, "on my way", PAGE);
    TrackedAlert closed = steps.take(AlertStep.RESOLVE, TENANT, alert, NURSE, "juice given", PAGE);

    assertThat(closed.state()).isEqualTo(AlertState.RESOLVED);
    assertThat(closed.acknowledged().orElseThrow().reason()).isEqualTo("on my way");
    assertThat(closed.resolved().orElseThrow().at()).isEqualTo(LogDriver.NOW.plusSeconds(60));
    assertThat(events(alert))
        .hasExactlyElementsOfTypes(AlertRaised.class, AlertAcknowledged.class, AlertResolved.class);
    DetectedIssue issue = issue(alert);
    assertThat(issue.getMitigation()).hasSize(2);
    assertThat(issue.getMitigation().get(0).getAuthor().getReference())
        .isEqualTo("Practitioner/nurse");
    assertThat(issue.getExtensionByUrl(DetectedIssueMapper.STATE).getValue().primitiveValue())
        .isEqualTo("resolved");
    assertThat(issue.getIdentifiedPeriod().hasEnd()).isTrue();
  }

  @Test
  void theDetectedIssueCitesRuleVersionDeviceAndEvidence() {
    DetectedIssue issue = issue(raised(Tier.MEDIUM));

    assertThat(issue.getSeverity()).isEqualTo(DetectedIssue.DetectedIssueSeverity.MODERATE);
    assertThat(issue.getCode().getCodingFirstRep().getCode()).isEqualTo("GLU-01");
    assertThat(
            issue
                .getExtensionByUrl("https://vigil.dev/fhir/StructureDefinition/alert-rule")
                .getValue()
                .primitiveValue())
        .isEqualTo("https://vigil.dev/fhir/PlanDefinition/GLU-01|1.0.0");
    assertThat(issue.getImplicated())
        .extracting(reference -> reference.getReference())
        .containsExactly("Device/sensor", "Observation/o-1");
    assertThat(issue.getEvidenceFirstRep().getDetailFirstRep().getReference())
        .isEqualTo("Observation/o-1");
  }

  @Test
  void aSecondAcknowledgementIsToldSo() {
    AlertId alert = raised(Tier.HIGH);
    steps.take(AlertStep.ACKNOWLEDGE, TENANT, alert, NURSE, "", PAGE);

    assertThat(kind(() -> steps.take(AlertStep.ACKNOWLEDGE, TENANT, alert, NURSE, "", PAGE)))
        .isEqualTo(Problem.Kind.CONFLICT);
  }

  @Test
  void nobodyAcknowledgesWhatIsResolved() {
    AlertId alert = raised(Tier.HIGH);
    steps.take(AlertStep.RESOLVE, TENANT, alert, NURSE, "", PAGE);

    assertThat(kind(() -> steps.take(AlertStep.ACKNOWLEDGE, TENANT, alert, NURSE, "", PAGE)))
        .isEqualTo(Problem.Kind.CONFLICT);
    assertThat(kind(() -> steps.take(AlertStep.RESOLVE, TENANT, alert, NURSE, "", PAGE)))
        .isEqualTo(Problem.Kind.CONFLICT);
  }

  @Test
  void ofTwoAtOnceOneWins() throws Exception {
    AlertId alert = raised(Tier.HIGH);
    Callable<Boolean> attempt =
        () -> {
          try {
            steps.take(AlertStep.ACKNOWLEDGE, TENANT, alert, NURSE, "", PAGE);
            return true;
          } catch (ProblemException e) {
            return false;
          }
        };
    ExecutorService people = Executors.newFixedThreadPool(8);
    try {
      int winners = 0;
      for (Future<Boolean> won : people.invokeAll(java.util.Collections.nCopies(8, attempt))) {
        winners += won.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    } finally {
      people.shutdown();
    }
    assertThat(events(alert)).hasSize(2);
  }

  @Test
  void anotherTenantSeesNothing() {
    AlertId alert = raised(Tier.HIGH);

    assertThat(kind(() -> steps.take(AlertStep.ACKNOWLEDGE, OTHER, alert, NURSE, "", PAGE)))
        .isEqualTo(Problem.Kind.NOT_FOUND);
    assertThat(board.open(OTHER)).isEmpty();
    assertThat(board.find(OTHER, alert)).isEmpty();
  }

  @Test
  void aMediumAlertClosesWithItsCondition() {
    AlertId alert = raised(Tier.MEDIUM);
    clear(alert);

    TrackedAlert closed = board.find(TENANT, alert).orElseThrow();
    assertThat(closed.state()).isEqualTo(AlertState.RESOLVED);
    assertThat(closed.resolved().orElseThrow().actor()).isEqualTo(AlertDesk.VIGIL);
    assertThat(events(alert))
        .hasExactlyElementsOfTypes(AlertRaised.class, AlertCleared.class, AlertResolved.class);
  }

  @Test
  void aHighAlertLatchesUntilSomebodyAcknowledges() {
    AlertId alert = raised(Tier.HIGH);
    clear(alert);
    TrackedAlert latched = board.find(TENANT, alert).orElseThrow();
    assertThat(latched.state()).isEqualTo(AlertState.RAISED);
    assertThat(latched.clearedAt()).contains(LogDriver.NOW);

    assertThat(steps.take(AlertStep.ACKNOWLEDGE, TENANT, alert, NURSE, "", PAGE).state())
        .isEqualTo(AlertState.RESOLVED);
  }

  @Test
  void aHighAlertThatComesBackUnacknowledgedIsTheSameAlert() {
    Alert first = alert(Tier.HIGH, new PatientId("again"));
    Alert second =
        new Alert(
            new AlertId(UUID.randomUUID().toString()),
            first.rule(),
            first.ruleVersion(),
            first.tier(),
            first.family(),
            first.title(),
            first.onset(),
            first.raisedAt(),
            first.evidence());
    AlertId id = raise(first);
    clear(id);

    assertThat(raise(second)).isEqualTo(id);
    assertThat(board.find(TENANT, id).orElseThrow().clearedAt()).isEmpty();
  }

  @Test
  void theBoardShowsUnacknowledgedHighFirst() {
    TenantId ward = new TenantId("ward");
    AlertId medium = raise(ward, alert(Tier.MEDIUM, new PatientId("a")));
    AlertId high = raise(ward, alert(Tier.HIGH, new PatientId("b")));
    AlertId taken = raise(ward, alert(Tier.HIGH, new PatientId("c")));
    steps.take(AlertStep.ACKNOWLEDGE, ward, taken, NURSE, "", PAGE);

    assertThat(board.open(ward))
        .extracting(tracked -> tracked.alert().id())
        .containsExactly(high, medium, taken);
  }

  private static AlertId raised(Tier tier) {
    return raise(alert(tier, new PatientId("p-" + ++patients)));
  }

  private static AlertId raise(Alert alert) {
    return raise(TENANT, alert);
  }

  private static AlertId raise(TenantId tenant, Alert alert) {
    return driver
        .database
        .transactions()
        .execute(status -> driver.desk.raise(tenant, alert, LogDriver.NOW));
  }

  private static void clear(AlertId alert) {
    driver
        .database
        .transactions()
        .executeWithoutResult(
            status -> driver.desk.clear(TENANT, alert, LogDriver.NOW, LogDriver.NOW));
  }

  private static Alert alert(Tier tier, PatientId patient) {
    Reading reading =
        new Reading(
            new ObservationId("o-1"),
            new DeviceId("sensor"),
            patient,
            new Metric("glucose-interstitial"),
            Quantity.of("2.90", "mmol/L"),
            ONSET,
            ONSET,
            Set.of());
    return new Alert(
        new AlertId(UUID.randomUUID().toString()),
        "GLU-01",
        "1.0.0",
        tier,
        "glucose-low",
        "Very low glucose",
        ONSET,
        ONSET,
        List.of(reading));
  }

  private static List<Object> events(AlertId alert) {
    return driver.alertEvents(TENANT).stream()
        .filter(event -> event.alert().id().equals(alert))
        .map(Object.class::cast)
        .toList();
  }

  private static DetectedIssue issue(AlertId alert) {
    return FhirContext.forR4Cached()
        .newJsonParser()
        .parseResource(DetectedIssue.class, driver.issues.get(TENANT + "/" + alert));
  }

  private static Problem.Kind kind(org.assertj.core.api.ThrowableAssert.ThrowingCallable step) {
    return catchThrowableOfType(step, ProblemException.class).problems().get(0).kind();
  }
}
