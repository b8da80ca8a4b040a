package dev.vigil.terminology.ucum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class UcumTest {

  private final Ucum ucum = Ucum.standard();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/min",
        "1/min",
        "{beat}/min",
        "{breaths}/min",
        "%",
        "1",
        "{score}",
        "mm[Hg]",
        "m[H2O]",
        "Cel",
        "[degF]",
        "[degF]{oral}",
        "mg/dL",
        "mmol/L",
        "mmol/l",
        "10*3/uL",
        "ug/kg/min",
        "[lb_av]",
        "mL/min/{1.73_m2}"
      })
  void knowsUnitsOfMeasure(String unit) {
    assertThat(ucum.valid(unit)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        "bpm",
        "beats/min",
        "mmHg",
        "MM[HG]",
        " /min",
        "/min ",
        "{beat",
        "beat}/min",
        "{a}{",
        "a.{",
        "°C",
        "{b p m}/min"
      })
  void refusesWhatIsNoUnit(String unit) {
    assertThat(ucum.valid(unit)).isFalse();
    assertThat(ucum.commensurable(unit, "/min")).isFalse();
    assertThat(ucum.commensurable("/min", unit)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10*99999999",
        "10^-9999999",
        "m99999",
        "(m)999",
        "[G]99",
        "Ym9.Ym9.Ym9.Ym9.Ym9.Ym9.Ym9.Ym9",
      })
  void refusesAHostileUnitAtOnce(String unit) {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(2), () -> assertThat(ucum.valid(unit)).isFalse());
  }

  @ParameterizedTest
  @CsvSource({
    "/min, {beat}/min",
    "/min, {breaths}/min",
    "/min, Hz",
    "mm[Hg], kPa",
    "Cel, [degF]",
    "Cel, K",
    "mg/dL, g/L",
    "mmol/L, umol/L",
    "kg, [lb_av]",
    "V, mV",
    "mo, d"
  })
  void comparesUnitsOfOneDimension(String a, String b) {
    assertThat(ucum.commensurable(a, b)).isTrue();
    assertThat(ucum.commensurable(b, a)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"/min, mmol/L", "mg/dL, mmol/L", "%, /min", "kg, L", "Cel, mm[Hg]", "V, Ohm"})
  void tellsDimensionsApart(String a, String b) {
    assertThat(ucum.commensurable(a, b)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> ucum.convert(BigDecimal.TEN, a, b));
  }

  @ParameterizedTest
  @CsvSource({
    "98.6, [degF], Cel, 37",
    "37.0, Cel, [degF], 98.6",
    "37, Cel, K, 310.15",
    "-40, Cel, [degF], -40",
    "60, /min, Hz, 1",
    "1, Hz, /min, 60",
    "66.661, kPa, mm[Hg], 500",
    "185, [lb_av], kg, 83.91458845",
    "2600, uV, mV, 2.6",
    "1, g/L, mg/dL, 100",
    "0.98, 1, %, 98",
    "0, mg/dL, g/L, 0"
  })
  void convertsToFifteenDigits(String value, String from, String to, String expected) {
    assertThat(ucum.convert(new BigDecimal(value), from, to)).isEqualTo(new BigDecimal(expected));
  }

  @Test
  void leavesAValueAsItIsWhenTheUnitsMeanTheSame() {
    BigDecimal value = new BigDecimal("6.30");
    assertThat(ucum.convert(value, "mmol/L", "mmol/l")).isSameAs(value);
    assertThat(ucum.convert(value, "{beat}/min", "/min")).isSameAs(value);
  }

  @Test
  void survivesANumberOfAbsurdSize() {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () ->
            assertThat(ucum.convert(new BigDecimal("-1E+999999"), "[degF]", "Cel").signum())
                .isNegative());
  }

  @Test
  void givesManyThreadsTheSameAnswer() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<BigDecimal>> calls =
          IntStream.range(0, 400)
              .<Callable<BigDecimal>>mapToObj(
                  i -> () -> ucum.convert(BigDecimal.ONE, "10*" + i % 20 + "/m2", "10*1/m2"))
              .toList();
      List<Future<BigDecimal>> answers = threads.invokeAll(calls);
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get())
            .isEqualByComparingTo(BigDecimal.ONE.scaleByPowerOfTen(i % 20 - 1));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
