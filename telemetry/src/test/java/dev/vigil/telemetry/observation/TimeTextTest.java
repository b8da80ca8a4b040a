package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeTextTest {

  private static final List<String> TEXTS =
      List.of(
          "2026-01-02T03:04:05Z",
          "2026-01-02T03:04:05.1Z",
          "2026-01-02T03:04:05.12+05:30",
          "2026-02-29T23:59:59.999-03:15",
          "2024-02-29T00:00:00.000+00:00",
          "0000-01-01T00:00:00Z",
          "9999-12-31T23:59:59-18:00",
          "2026-01-02T03:04:05-00:00",
          "2026-01-02T03:04:05+18:15",
          "2026-01-02T03:04:05.1234Z",
          "2026-01-02T03:04:05+05:30:00");

  /** What java.time reads and would be written again as it was. */
  private static Long expected(String text) {
    try {
      OffsetDateTime moment = OffsetDateTime.parse(text);
      boolean fits =
          text.length() >= 20
              && text.length() <= 29
              && !text.matches(".*\\.\\d{4,}.*|.*-00:00|.*[+-]\\d\\d:\\d\\d:.*")
              && moment.getOffset().getTotalSeconds() % 900 == 0;
      return fits ? moment.toInstant().toEpochMilli() : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  @Test
  void readsWhatJavaReadsAndWritesItAgain() {
    Random random = new Random(1);
    int read = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder(TEXTS.get(random.nextInt(TEXTS.size())));
      for (int change = random.nextInt(3); change > 0; change--) {
        text.setCharAt(
            random.nextInt(text.length()), "0123456789:.-+TZ ".charAt(random.nextInt(17)));
      }
      TimeText time = TimeText.parse(text.toString());
      assertThat(time == null ? null : time.millis())
          .as(text.toString())
          .isEqualTo(expected(text.toString()));
      if (time != null) {
        assertThat(time.text()).isEqualTo(text.toString());
        read++;
      }
    }
    assertThat(read).isGreaterThan(20_000);
  }
}
