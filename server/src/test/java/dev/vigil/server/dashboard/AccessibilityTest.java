package dev.vigil.server.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import dev.vigil.server.VigilServer;
import dev.vigil.simulator.ward.PatientKind;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** WCAG 2.2 AA as far as axe-core can see it, and what it cannot. */
class AccessibilityTest {

  private static final String AXE = "/webjars/axe-core/4.6.3/axe.min.js";

  private static final VigilServer server = VigilServer.get();
  private static Cohort cohort;

  @BeforeAll
  static void onePatientOfEachKindOfRow() {
    cohort = new Cohort(server, "AXE", 3, PatientKind.GLUCOSE);
    cohort.lowGlucose(0, "45", Cohort.now());
    cohort.lowGlucose(1, "62", Cohort.now());
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void axeFindsNothingSerious(ColorScheme scheme) {
    try (Person nurse = Person.at(server, 1280, scheme)) {
      nurse.open("/login");
      assertThat(violations(nurse.page())).as("login").isEmpty();
      nurse.signedInAs("nurse").live();
      assertThat(nurse.cards("high", cohort.id(0))).hasCount(1);
      assertThat(nurse.cards("medium", cohort.id(1))).hasCount(1);
      assertThat(violations(nurse.page())).as("now").isEmpty();
      nurse.open("/patients/" + cohort.id(0));
      nurse.page().locator("#chart canvas").waitFor();
      nurse.page().locator("summary").last().click();
      assertThat(violations(nurse.page())).as("patient").isEmpty();
    }
  }

  @Test
  void aScreenOf320PixelsHasNoSidewaysScrolling() {
    try (Person nurse = Person.at(server, 320, ColorScheme.LIGHT)) {
      for (String path : List.of("/login", "/", "/patients/" + cohort.id(0))) {
        if (path.equals("/")) {
          nurse.signedInAs("nurse").live();
        }
        nurse.open(path);
        Object beyond =
            nurse
                .page()
                .evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assertThat(beyond).as(path).isEqualTo(0);
        assertThat(violations(nurse.page())).as(path).isEmpty();
      }
    }
  }

  @Test
  void buttonsAreLargeEnoughForAGlove() {
    try (Person nurse = Person.at(server).signedInAs("nurse").live()) {
      for (Locator button : nurse.page().locator("button:visible").all()) {
        BoundingBox box = button.boundingBox();
        assertThat(box.height).isGreaterThanOrEqualTo(44);
        assertThat(box.width).isGreaterThanOrEqualTo(44);
      }
    }
  }

  /** Rule and places of each violation that is serious or worse. */
  static List<String> violations(Page page) {
    page.addScriptTag(new Page.AddScriptTagOptions().setUrl(server.url() + AXE));
    Object found =
        page.evaluate(
            """
            async () => {
              const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
              const result = await axe.run(document, { runOnly: tags });
              return result.violations
                .filter((violation) => ["serious", "critical"].includes(violation.impact))
                .map((violation) => violation.id + " " + violation.nodes.map((node) => node.target + " " + node.failureSummary).join("; "));
            }
            """);
    return ((List<?>) found).stream().map(String::valueOf).toList();
  }
}
