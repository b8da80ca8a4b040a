package dev.vigil.server.dashboard;

import dev.vigil.server.access.AccessDecision;
import dev.vigil.telemetry.observation.WeekPacking;
import dev.vigil.telemetry.reader.ReaderHealth;
import dev.vigil.telemetry.reader.ReaderHealth.Reader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * The page for engineers and administrators: how far the readers of the log are and how much is
 * packed. No person.
 */
@Controller
class SystemController {

  /** A reader that is further behind than that, or left something aside, is told in words. */
  private static final Duration LATE = Duration.ofSeconds(10);

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

  /**
   * A row of the table. Public for the template.
   *
   * @param behind age of the oldest event that waits, in words; empty if none does
   * @param state in one word
   */
  public record ReaderView(
      String name, long position, long lag, String behind, long parked, String state) {}

  private final ReaderHealth health;
  private final WeekPacking packing;
  private final Clock clock;

  SystemController(ReaderHealth health, WeekPacking packing, Clock clock) {
    this.packing = packing;
    this.health = health;
    this.clock = clock;
  }

  @GetMapping("/system")
  String page(Model model) {
    AccessDecision viewer = Viewer.technical();
    Instant now = clock.instant();
    Ages ages = new Ages(now);
    List<ReaderView> readers =
        health.readers().stream().map(reader -> view(reader, ages, now)).toList();
    model.addAttribute("me", viewer.actor().name());
    model.addAttribute("now", MOMENT.format(now));
    model.addAttribute("head", health.head());
    model.addAttribute("readers", readers);
    model.addAttribute("packed", packing.packed());
    return "system";
  }

  private static ReaderView view(Reader reader, Ages ages, Instant now) {
    String state =
        reader.parked() > 0
            ? "left events aside"
            : reader.behind().compareTo(LATE) > 0 ? "late" : "in time";
    return new ReaderView(
        reader.name(),
        reader.position(),
        reader.lag(),
        reader.lag() == 0 ? "" : ages.of(now.minus(reader.behind())),
        reader.parked(),
        state);
  }
}
