package dev.vigil.server.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.ElementHandle;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.vigil.server.VigilServer;
import dev.vigil.simulator.ward.Measurement;
import dev.vigil.simulator.ward.PatientKind;
import java.net.URI;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The page "Now" in a real browser, fed by readings over HTTP. */
class NowPageTest {

  private static final double PATIENCE_MS = 20_000;

  private final VigilServer server = VigilServer.get();

  @Test
  void aNewAlertAppearsWithoutAReload() {
    Cohort cohort = new Cohort(server, "NOW-APPEARS", 3, PatientKind.GLUCOSE);
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      ElementHandle sameDocument = nurse.page().querySelector("#board");
      for (int i = 0; i < 3; i++) {
        Instant fresh = Cohort.now();
        cohort.lowGlucoseSoFar(i, "50", fresh);
        long start = System.nanoTime();
        cohort.complete(i, "45", fresh);
        Locator card = nurse.cards("high", cohort.id(i));
        card.waitFor(new Locator.WaitForOptions().setTimeout(PATIENCE_MS));
        System.out.printf(
            "POST of the completing reading to visible on the page: %d ms%n",
            (System.nanoTime() - start) / 1_000_000);

        assertThat(card).containsText(cohort.name(i));
        assertThat(card).containsText("Very low glucose");
        assertThat(card).containsText("45 mg/dL");
        assertThat(card).containsText("falling from 50 in 5 min");
        assertThat(card).containsText(Pattern.compile("Interstitial glucose, \\d+ s old"));
        assertThat(card).containsText(Pattern.compile("Waiting \\d+ s"));
        assertThat(card).containsText("nobody has it");
        assertThat(card.locator(".tier")).hasText("High");
      }
      assertThat(nurse.page().locator("#at-once")).containsText("New alert: Very low glucose");
      assertThat(sameDocument.evaluate("element => element.isConnected")).isEqualTo(true);
      assertThat(nurse.page().title()).matches("\\(\\d+\\) Now - Vigil");
    }
  }

  @Test
  void oneClickAcknowledgesAndOneResolves() {
    Cohort cohort = new Cohort(server, "NOW-CLICK", 1, PatientKind.GLUCOSE);
    cohort.lowGlucose(0, "47", Cohort.now());
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      Locator high = nurse.cards("high", cohort.id(0));
      high.locator("button").click();

      assertThat(high).hasCount(0, soon());
      Locator active = nurse.cards("active", cohort.id(0));
      assertThat(active).containsText("Demo Nurse has had it for");

      active.locator("button").click();
      assertThat(active).hasCount(0);
      assertThat(nurse.cards("high", cohort.id(0))).hasCount(0);
    }
  }

  @Test
  void theKeyboardAloneIsEnough() {
    Cohort cohort = new Cohort(server, "NOW-KEYS", 1, PatientKind.GLUCOSE);
    cohort.lowGlucose(0, "48", Cohort.now());
    try (Person nurse = Person.at(server)) {
      nurse.open("/");
      assertThat(nurse.page().locator("#username")).isFocused();
      nurse.page().keyboard().type("nurse");
      nurse.page().keyboard().press("Tab");
      nurse.page().keyboard().type(server.credentials().users().get("nurse"));
      nurse.page().keyboard().press("Tab");
      nurse.page().keyboard().type(server.freshCode("nurse"));
      nurse.page().keyboard().press("Enter");
      Locator button = nurse.cards("high", cohort.id(0)).locator("button");
      button.waitFor(new Locator.WaitForOptions().setTimeout(PATIENCE_MS));
      for (int presses = 0; presses < 200 && !focused(button); presses++) {
        nurse.page().keyboard().press("Tab");
      }
      assertThat(button).isFocused();
      nurse.page().keyboard().press("Enter");

      assertThat(nurse.cards("active", cohort.id(0))).containsText("Demo Nurse");
      // The next alert must not be under the fingers.
      assertThat(nurse.page().locator("#h-high")).isFocused();
    }
  }

  @Test
  void withoutAScriptTheButtonsWorkToo() {
    Cohort cohort = new Cohort(server, "NOW-PLAIN", 1, PatientKind.GLUCOSE);
    cohort.lowGlucose(0, "49", Cohort.now());
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      assertThat(nurse.cards("high", cohort.id(0))).hasCount(1, soon());
      nurse.context().route("**/js/*", route -> route.abort());
      nurse.expecting(complaint -> complaint.contains("net::ERR_FAILED")).open("/");
      nurse.cards("high", cohort.id(0)).locator("button").click();

      assertThat(nurse.cards("active", cohort.id(0))).containsText("Demo Nurse");
    }
  }

  @Test
  void theSecondToAcknowledgeIsToldWhoWasFirst() {
    Cohort cohort = new Cohort(server, "NOW-SECOND", 1, PatientKind.GLUCOSE);
    cohort.lowGlucose(0, "46", Cohort.now());
    try (Person nurse = Person.at(server).signedInAs("nurse").live();
        Person physician = Person.at(server).signedInAs("physician").live()) {
      Locator late = nurse.cards("high", cohort.id(0)).locator("button");
      late.waitFor(new Locator.WaitForOptions().setTimeout(PATIENCE_MS));
      // Her line is down: she still sees the alert as nobody's.
      nurse.expecting(
          complaint -> complaint.contains("net::ERR_FAILED") || complaint.contains("409"));
      nurse.context().route("**/now/board", route -> route.abort());

      physician.cards("high", cohort.id(0)).locator("button").click();
      assertThat(physician.cards("active", cohort.id(0))).containsText("Demo Physician");
      late.click();

      assertThat(nurse.page().locator("#notice"))
          .containsText("Demo Physician was faster and has already acknowledged");
      assertThat(nurse.cards("active", cohort.id(0))).containsText("Demo Physician has had it");
    }
  }

  @Test
  void mediumAlertsOfAPatientAreOneRow() {
    Cohort cohort = new Cohort(server, "NOW-MEDIUM", 1, PatientKind.VITALS);
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      cohort.steady(
          0,
          Map.of(Measurement.SPO2, "87", Measurement.HEART_RATE, "140"),
          Cohort.now(),
          Duration.ofSeconds(10),
          40);

      Locator row = nurse.cards("medium", cohort.id(0));
      assertThat(row).containsText("and 1 more for this patient", textSoon());
      assertThat(row).hasCount(1);
      assertThat(row.locator(".tier")).hasText("Medium");
    }
  }

  @Test
  void aDeviceThatFellSilentIsNotMonitored() {
    Cohort cohort = new Cohort(server, "NOW-SILENT", 3, PatientKind.VITALS);
    Instant then = Cohort.now().minus(Duration.ofMinutes(11));
    Map<Measurement, String> vitals =
        Map.of(Measurement.SPO2, "97", Measurement.HEART_RATE, "70", Measurement.TEMPERATURE, "37");
    cohort.steady(0, vitals, then, Duration.ofSeconds(10), 3);
    cohort.steady(1, vitals, then, Duration.ofSeconds(10), 3);
    cohort.steady(1, Map.of(Measurement.HEART_RATE, "70"), Cohort.now(), Duration.ofSeconds(10), 1);
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      assertThat(silence(nurse, cohort, 0)).containsText("Vital-signs monitor: everything");
      assertThat(silence(nurse, cohort, 0)).containsText(Pattern.compile("last heard 1\\d min"));
      assertThat(silence(nurse, cohort, 1)).containsText("Vital-signs monitor: Oxygen saturation");
      assertThat(silence(nurse, cohort, 2)).containsText("never heard");
      assertThat(silence(nurse, cohort, 2).locator(".tier")).hasText("Not monitored");
    }
  }

  @Test
  void aLateEngineIsImpossibleToMiss() throws Exception {
    Cohort cohort = new Cohort(server, "NOW-LATE", 1, PatientKind.GLUCOSE);
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      Locator banner = nurse.page().locator("#health .banner");
      assertThat(banner).hasCount(0, soon());
      try (Connection other = server.bean(DataSource.class).getConnection();
          Statement statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute(
            "select * from telemetry.reader_position where reader = 'rules' for update");
        cohort.lowGlucose(0, "46", Cohort.now());

        assertThat(banner)
            .containsText(
                "Alerts are late", new LocatorAssertions.ContainsTextOptions().setTimeout(40_000));
        other.rollback();
      }
      assertThat(banner).hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(40_000));
      assertThat(nurse.cards("high", cohort.id(0))).hasCount(1, soon());
    }
  }

  @Test
  void whoeverIsSignedOutIsLedToTheLogin() {
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      nurse.expecting(
          complaint ->
              complaint.contains("401") || complaint.contains("ERR_INTERNET_DISCONNECTED"));
      nurse.context().clearCookies();
      // The network's return makes the page ask; a call into the page would not survive its
      // leaving.
      nurse.context().setOffline(true);
      nurse.context().setOffline(false);
      nurse.page().waitForURL("**/login");
      nurse.logsInAs("nurse");

      assertThat(nurse.page().locator("h1")).hasText("Now");
      assertThat(URI.create(nurse.page().url()).getPath()).isEqualTo("/");
    }
  }

  @Test
  void aLostLineIsSaid() {
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      nurse.expecting(complaint -> complaint.contains("net::ERR_FAILED"));
      nurse.context().route("**/now/board", route -> route.abort());
      nurse.page().evaluate("window.dispatchEvent(new Event('online'))");
      assertThat(nurse.page().locator("#connection")).isVisible();

      nurse.context().unroute("**/now/board");
      nurse.page().evaluate("window.dispatchEvent(new Event('online'))");
      assertThat(nurse.page().locator("#connection")).isHidden();
    }
  }

  private static Locator silence(Person nurse, Cohort cohort, int index) {
    return nurse
        .page()
        .locator("#silent .silence:has(a[href='/patients/" + cohort.id(index) + "'])");
  }

  private static boolean focused(Locator button) {
    return (boolean) button.evaluate("element => element === document.activeElement");
  }

  private static LocatorAssertions.HasCountOptions soon() {
    return new LocatorAssertions.HasCountOptions().setTimeout(PATIENCE_MS);
  }

  private static LocatorAssertions.ContainsTextOptions textSoon() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MS);
  }
}
