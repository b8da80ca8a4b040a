package dev.vigil.server.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * How long ago things were when the page was made; the page's script counts on from there by this
 * clock, not by that of the browser's machine. Public for the templates.
 *
 * @param now by our clock
 */
public record Ages(Instant now) {

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** In words, for example {@code 2 min 5 s}; {@code 0 s} for what lies ahead. */
  public String of(Instant then) {
    return words(Duration.between(then, now));
  }

  static String words(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    if (seconds < 86_400) {
      return seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min";
    }
    return seconds / 86_400 + " d " + seconds % 86_400 / 3_600 + " h";
  }

  /** A moment for pages without a script, which shows it in local time. */
  public String moment(Instant then) {
    return MOMENT.format(then.truncatedTo(ChronoUnit.SECONDS));
  }
}
