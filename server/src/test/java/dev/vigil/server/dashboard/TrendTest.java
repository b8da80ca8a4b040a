package dev.vigil.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is made of a signal's readings: the trend of a card, the chart of a page. */
class TrendTest {

  private static final Metric SPO2 = new Metric("spo2");
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final List<Reading> readings = new ArrayList<>();

  private void at(int second, String percent, SignalQuality... quality) {
    Instant moment = NOON.plusSeconds(second);
    readings.add(
        new Reading(
            new ObservationId("o" + second),
            new DeviceId("d"),
            new PatientId("p"),
            SPO2,
            Quantity.of(percent, "%"),
            moment,
            moment,
            Set.of(quality)));
  }

  private ChartView chart() {
    return ChartView.of(
        MetricCatalog.standard().definition(SPO2),
        readings,
        Duration.ofHours(3),
        NOON.plusSeconds(3_600));
  }

  private List<String> gaps() {
    return chart().rows().stream()
        .filter(row -> row.gap() != null)
        .map(ChartView.Row::gap)
        .toList();
  }

  @Test
  void looksTwoMinutesBackAtLeast() {
    at(0, "96");
    at(130, "84");
    at(140, "83");
    at(150, "84");

    assertThat(Trend.of(readings)).isEqualTo(new Trend("falling", "from 96 in 3 min"));
  }

  @Test
  void isSteadyWithinTwoPercent() {
    at(0, "96");
    at(300, "95");

    assertThat(Trend.of(readings)).isEqualTo(new Trend("steady", "from 96 in 5 min"));
  }

  @Test
  void leavesDoubtfulSamplesOut() {
    at(0, "80");
    at(200, "70", SignalQuality.QUESTIONABLE);
    at(400, "90");
    at(500, "60", SignalQuality.QUESTIONABLE);

    assertThat(Trend.of(readings)).isEqualTo(new Trend("rising", "from 80 in 7 min"));
  }

  @Test
  void isUnknownFromOneMomentAlone() {
    at(0, "96");
    at(60, "84");

    assertThat(Trend.of(readings)).isEqualTo(new Trend("", ""));
    assertThat(Trend.of(List.of())).isEqualTo(new Trend("", ""));
  }

  @Nested
  class AChart {

    @Test
    void hasAGapWhereSamplesAreMissing() {
      for (int i = 0; i < 20; i++) {
        at(i * 10, "96");
      }
      for (int i = 0; i < 20; i++) {
        at(500 + i * 10, "96");
      }

      assertThat(gaps()).containsExactly("5 min 10 s");
      assertThat(chart().json()).containsOnlyOnce("null,null]");
    }

    @Test
    void hasNoneWhereADeviceMeasuresMoreOftenFromThenOn() {
      for (int i = 0; i < 12; i++) {
        at(i * 300, "96");
      }
      for (int i = 1; i < 20; i++) {
        at(3_300 + i * 10, "96");
      }

      assertThat(gaps()).isEmpty();
    }

    @Test
    void keepsDoubtfulValuesApartFromTheLine() {
      at(0, "96");
      at(10, "60", SignalQuality.QUESTIONABLE);

      assertThat(chart().json()).contains(",96,null]").contains(",null,60]");
      assertThat(chart().rows().get(0).quality()).isEqualTo("questionable");
    }

    @Test
    void losesNoExtremeWhenThereIsTooMuch() {
      for (int i = 0; i < 3_000; i++) {
        at(i, i == 1_234 ? "71" : i == 2_345 ? "100" : "9" + i % 7);
      }

      assertThat(chart().values()).isLessThan(700);
      assertThat(chart().bucketWords()).isEqualTo("36 s");
      assertThat(chart().rows()).extracting(ChartView.Row::value).contains("71 %", "100 %");
    }
  }
}
