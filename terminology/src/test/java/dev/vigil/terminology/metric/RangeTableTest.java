package dev.vigil.terminology.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vigil.core.Metric;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangeTableTest {

  private static final Metric GLUCOSE = new Metric("glucose-interstitial");

  private final RangeTable table = RangeTable.standard();

  @ParameterizedTest
  @CsvSource({
    "mg/dL, 53.9, very-low",
    "mg/dL, 54, low",
    "mg/dL, 69.5, low",
    "mg/dL, 70, target",
    "mg/dL, 180.0, target",
    "mg/dL, 180.5, high",
    "mg/dL, 250, high",
    "mg/dL, 251, very-high",
    "mmol/L, 2.99, very-low",
    "mmol/L, 3.0, low",
    "mmol/L, 3.9, target",
    "mmol/L, 10.0, target",
    "mmol/L, 10.1, high",
    "mmol/L, 14, very-high"
  })
  void putsEachGlucoseValueIntoOneRange(String unit, String value, String code) {
    RangeTable.Row row = table.of(GLUCOSE, unit);

    assertThat(row.ranges().get(row.indexOf(new BigDecimal(value))).code()).isEqualTo(code);
    assertThat(row.interval()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void hasRowsForMetricsAndUnitsOfTheCatalogueOnly() {
    for (MetricDefinition definition : MetricCatalog.standard().all()) {
      assertThat(table.of(definition.metric(), "furlong").ranges()).isEmpty();
    }
    assertThat(MetricCatalog.standard().definition(GLUCOSE).units())
        .allSatisfy(unit -> assertThat(table.of(GLUCOSE, unit).ranges()).hasSize(5));
    assertThat(table.of(new Metric("spo2"), "%").ranges()).hasSize(5);
    assertThat(table.of(new Metric("heart-rate"), "/min").ranges()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(,5); [6,)",
        "(,5); (5,)",
        "(,5]; [5,)",
        "[0,5); [5,)",
        "(,5); [5,9]",
        "(,x); [5,)"
      })
  void refusesRangesThatLeaveANumberOutOrHoldItTwice(String ranges) {
    String row = "m\tu\tPT1M\t" + ranges.replaceFirst("^", "a ").replace("; ", "; b ");

    assertThatIllegalStateException().isThrownBy(() -> read(row));
    assertThatIllegalStateException().isThrownBy(() -> read("m\tu\tPT1M"));
  }

  private static RangeTable read(String row) throws IOException {
    return new RangeTable(new BufferedReader(new StringReader(row)));
  }
}
