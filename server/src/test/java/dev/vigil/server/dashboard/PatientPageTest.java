package dev.vigil.server.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import dev.vigil.server.VigilServer;
import dev.vigil.simulator.ward.PatientKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatientPageTest {

  private final VigilServer server = VigilServer.get();

  @Test
  void chartAndTableShowTheSameValuesAndTheSameGap() throws Exception {
    Cohort cohort = new Cohort(server, "PATIENT-CHART", 1, PatientKind.GLUCOSE);
    Instant end = Cohort.now();
    Map<Instant, String> glucose = new LinkedHashMap<>();
    for (int n = 24; n >= 0; n--) {
      if (n < 8 || n > 14) {
        glucose.put(end.minus(Duration.ofMinutes(5L * n)), Integer.toString(100 + n));
      }
    }
    cohort.glucose(0, glucose);
    try (Person nurse = Person.at(server).signedInAs("nurse")) {
      nurse.open("/patients/" + cohort.id(0));

      assertThat(nurse.page().locator("h1")).hasText(cohort.name(0));
      assertThat(nurse.page().locator("#chart canvas")).isVisible();
      JsonNode series =
          new ObjectMapper().readTree(nurse.page().locator("#series").textContent()).path("points");
      List<String> drawn = new ArrayList<>();
      for (JsonNode point : series) {
        String moment = Instant.ofEpochSecond(point.get(0).asLong()).toString();
        drawn.add(0, point.get(1).isNull() ? "gap" : moment + " " + point.get(1) + " mg/dL");
      }
      nurse.page().locator("summary", withText("The same as a table (18 values)")).click();
      List<String> told = new ArrayList<>();
      for (Locator row : nurse.page().locator("#values tbody tr").all()) {
        boolean gap = "gap".equals(row.getAttribute("class"));
        told.add(
            gap
                ? "gap"
                : row.locator("time").getAttribute("datetime")
                    + " "
                    + row.locator("td").nth(1).textContent());
      }
      assertThat(told).isEqualTo(drawn).hasSize(19).containsOnlyOnce("gap");
      assertThat(nurse.page().locator("#values .gap")).containsText("gap: nothing for 40 min");
      // Blue where the line is, none where nothing was measured: the gap is drawn as one.
      assertThat(columnsWithoutInk(nurse)).as("columns without a line").isGreaterThan(0.2);
    }
  }

  @Test
  void anOpenAlertTellsWhyAndIsAcknowledgedHere() {
    Cohort cohort = new Cohort(server, "PATIENT-WHY", 1, PatientKind.GLUCOSE);
    cohort.lowGlucose(0, "44", Cohort.now());
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      nurse.cards("high", cohort.id(0)).locator("a").click();
      Locator card = nurse.page().locator(".alert");
      assertThat(card).containsText("Very low glucose");
      nurse.page().locator("summary", withText("Why")).click();
      assertThat(nurse.page().locator("details").first()).containsText("GLU-01, version 1.0.0");
      assertThat(nurse.page().locator("details").first()).containsText("44 mg/dL");

      card.locator("button").click();

      assertThat(nurse.page().locator(".alert")).containsText("Demo Nurse has had it");
      assertThat(nurse.page().url()).endsWith("/patients/" + cohort.id(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"engineer", "patient", "admin"})
  void rolesWithoutClinicalDataAreRefused(String user) {
    Cohort cohort = new Cohort(server, "PATIENT-ROLES", 1, PatientKind.GLUCOSE);
    try (Person person = Person.at(server)) {
      person.expecting(complaint -> complaint.contains("403")).signedInAs(user);
      for (String path : List.of("/now/board", "/now/events", "/patients/" + cohort.id(0))) {
        Response answer = person.page().navigate(server.url() + path);
        assertThat(answer.status()).as(path).isEqualTo(403);
        assertThat(answer.text()).as(path).doesNotContain("Ward Patient");
      }
      person.open(user.equals("patient") ? "/" : "/now/board");
      assertThat(person.page().locator("h1")).hasText("This page is not for your role.");
      person.page().locator("button").click();
      assertThat(person.page().locator("[role=status]")).hasText("You are signed out.");
    }
  }

  @Test
  void nobodyKnowsAnUnknownPatient() {
    try (Person nurse = Person.at(server).signedInAs("nurse")) {
      nurse.expecting(complaint -> complaint.contains("404"));
      Response answer = nurse.page().navigate(server.url() + "/patients/nobody");
      assertThat(answer.status()).isEqualTo(404);
    }
  }

  private static Page.LocatorOptions withText(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  /** Share of the plot's columns in which nothing of the line's colour is painted. */
  private static double columnsWithoutInk(Person nurse) {
    return ((Number)
            nurse
                .page()
                .evaluate(
                    """
                    () => {
                      const canvas = document.querySelector("#chart canvas");
                      const over = document.querySelector("#chart .u-over");
                      const scale = canvas.width / canvas.clientWidth;
                      const [left, top] = [over.offsetLeft * scale, over.offsetTop * scale];
                      const [width, height] = [over.clientWidth * scale, over.clientHeight * scale];
                      const pixels = canvas.getContext("2d").getImageData(left, top, width, height).data;
                      let empty = 0;
                      for (let x = 0; x < width; x++) {
                        let ink = false;
                        for (let y = 0; y < height && !ink; y++) {
                          const at = 4 * (y * width + x);
                          ink = pixels[at + 3] > 128 && pixels[at + 2] - pixels[at] > 100;
                        }
                        if (!ink) empty++;
                      }
                      return empty / width;
                    }
                    """))
        .doubleValue();
  }
}
