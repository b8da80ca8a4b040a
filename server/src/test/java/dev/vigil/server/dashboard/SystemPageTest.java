package dev.vigil.server.dashboard;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.time.Instant;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The page "System" in a real browser. */
class SystemPageTest {

  private final VigilServer server = VigilServer.get();

  @ParameterizedTest
  @ValueSource(strings = {"engineer", "admin"})
  void showsHowFarTheReadersAre(String user) {
    Hospital hospital = new Hospital();
    Bedside bed = hospital.admit();
    assertThat(hospital.post("Observation", bed.heartRate("72", Instant.now())).status())
        .isEqualTo(201);
    try (Person person = Person.at(server).signedInAs(user).open("/")) {
      assertThat(person.page()).hasURL(Pattern.compile(".*/system$"));
      assertThat(person.page().locator("h1")).hasText("System");
      for (String reader : new String[] {"rules", "aggregates"}) {
        Hospital.eventually(() -> stateOf(person.open("/system"), reader).equals("in time"));
        Locator row = person.page().locator("#reader-" + reader);
        assertThat(row.locator("td").nth(1)).hasText(Pattern.compile("\\d+ events?"));
        assertThat(Long.parseLong(row.locator("td").nth(3).innerText())).isPositive();
      }
      assertThat(person.page().locator("#packed")).hasText("0 weeks, 0 Observations in blocks");
      assertThat(person.page().content()).doesNotContain("Patient", "72 ");
    }
  }

  private static String stateOf(Person person, String reader) {
    return person.page().locator("#reader-" + reader + " td").first().innerText();
  }

  @Test
  void saysSoWhenAReaderLeftAnEventAside() {
    JdbcClient jdbc = JdbcClient.create(server.bean(DataSource.class));
    jdbc.sql(
            """
            insert into telemetry.parked_event (tenant_id, reader, sequence, error, parked_at)
            values ('demo', 'aggregates', 1, 'x', now())
            """)
        .update();
    try (Person engineer = Person.at(server).signedInAs("engineer").open("/system")) {
      assertThat(engineer.page().locator("#reader-aggregates td").first())
          .hasText("left events aside");
      assertThat(engineer.page().locator("#reader-aggregates td").last()).hasText("1");
    } finally {
      jdbc.sql("delete from telemetry.parked_event where reader = 'aggregates' and error = 'x'")
          .update();
    }
  }

  @Test
  void isNotForThoseWhoCareForPatients() {
    try (Person nurse =
        Person.at(server)
            .signedInAs("nurse")
            .expecting(complaint -> complaint.contains("403"))
            .open("/system")) {
      assertThat(nurse.page().locator("h1")).hasText("This page is not for your role.");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void axeFindsNothingSeriousAlsoOnAScreenOf320Pixels(ColorScheme scheme) {
    for (int width : new int[] {1280, 320}) {
      try (Person engineer = Person.at(server, width, scheme).signedInAs("engineer")) {
        engineer.open("/system");
        assertThat(AccessibilityTest.violations(engineer.page())).isEmpty();
        assertThat(
                engineer
                    .page()
                    .evaluate(
                        "document.documentElement.scrollWidth -"
                            + " document.documentElement.clientWidth"))
            .isEqualTo(0);
      }
    }
  }
}
