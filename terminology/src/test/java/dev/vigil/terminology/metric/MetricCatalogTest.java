package dev.vigil.terminology.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vigil.core.Code;
import dev.vigil.core.Metric;
import dev.vigil.core.Quantity;
import dev.vigil.terminology.ucum.Ucum;
import java.io.BufferedReader;
import java.io.StringReader;
import java.util.List;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricCatalogTest {

  private final MetricCatalog catalog = MetricCatalog.standard();

  @Test
  void knowsTheMetricsThatRulesAndPagesName() {
    assertThat(catalog.all())
        .extracting(definition -> definition.metric().id())
        .containsExactly(
            "glucose-interstitial",
            "glucose-capillary",
            "spo2",
            "heart-rate",
            "pulse-rate",
            "respiratory-rate",
            "body-temperature",
            "systolic-pressure",
            "diastolic-pressure",
            "mean-pressure",
            "oxygen-flow",
            "oxygen-concentration",
            "body-weight",
            "device-battery",
            "battery-status",
            "battery-voltage",
            "battery-longevity",
            "battery-remaining",
            "lead-impedance-ra",
            "lead-impedance-rv",
            "lead-impedance-lv",
            "pacing-threshold-ra",
            "pacing-threshold-rv",
            "pacing-threshold-lv",
            "sensing-ra");
  }

  @ParameterizedTest
  @CsvSource({
    "99504-3, 160212, glucose-interstitial",
    "105272-9, 160212, glucose-interstitial",
    "41653-7, 160184, glucose-capillary",
    "59408-5, 150456, spo2",
    "2708-6, 150456, spo2",
    "8867-4, 147842, heart-rate",
    "8889-8, 149530, pulse-rate",
    "8889-8, 149546, pulse-rate",
    "9279-1, 151562, respiratory-rate",
    "8310-5, 150364, body-temperature",
    "8480-6, 150021, systolic-pressure",
    "8462-4, 150022, diastolic-pressure",
    "8478-0, 150023, mean-pressure",
    "29463-7, 188736, body-weight"
  })
  void findsAMetricByItsLoincAndItsMdcCode(String loinc, String mdc, String metric) {
    assertThat(catalog.byCode(new Code(Code.LOINC, loinc)).orElseThrow().metric().id())
        .isEqualTo(metric);
    assertThat(catalog.byCode(new Code(Code.MDC, mdc)).orElseThrow().metric().id())
        .isEqualTo(metric);
  }

  @Test
  void knowsNothingOfACodeInAnotherSystem() {
    assertThat(catalog.byCode(new Code(Code.LOINC, "147842"))).isEmpty();
    assertThat(catalog.byCode(new Code("urn:example", "8867-4"))).isEmpty();
  }

  @Test
  void givesEachMetricItsDefinition() {
    assertThat(catalog.all())
        .allSatisfy(d -> assertThat(catalog.definition(d.metric())).isSameAs(d));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> catalog.definition(new Metric("no-such-metric")));
  }

  @Test
  void holdsOnlyUnitsThatUcumKnowsAndLoincCodesWhoseCheckDigitFits() {
    assertThat(catalog.all())
        .allSatisfy(
            definition -> {
              assertThat(definition.units()).allMatch(Ucum.standard()::valid);
              assertThat(definition.codes())
                  .isNotEmpty()
                  .allMatch(
                      code ->
                          code.system().equals(Code.LOINC)
                              ? MetricTable.checkDigitFits(code.code())
                              : code.system().equals(Code.MDC));
              assertThat(definition.coded())
                  .isEqualTo(definition.metric().id().equals("battery-status"));
            });
  }

  @Test
  void givesTheBoundsOfThePreferredUnit() {
    MetricDefinition glucose = catalog.definition(new Metric("glucose-interstitial"));
    assertThat(glucose.units()).containsExactly("mg/dL", "mmol/L");
    assertThat(glucose.low()).isEqualByComparingTo("11");
    assertThat(glucose.high()).isEqualByComparingTo("990");
  }

  @ParameterizedTest
  @CsvSource({
    "glucose-interstitial, mg/dL, 11, 990",
    "glucose-interstitial, mmol/L, 0.6, 55",
    "glucose-interstitial, g/L, 0.11, 9.90",
    "heart-rate, /min, 10, 350",
    "heart-rate, {beat}/min, 10, 350",
    "respiratory-rate, {breaths}/min, 0, 150",
    "spo2, %, 0, 100",
    "body-temperature, Cel, 20, 46",
    "body-temperature, [degF], 68, 114.8",
    "body-weight, g, 200, 650000"
  })
  void takesValuesOnItsBoundsAndRefusesThoseBeyond(
      String metric, String unit, String low, String high) {
    Metric id = new Metric(metric);
    assertThat(catalog.plausible(id, Quantity.of(low, unit))).isTrue();
    assertThat(catalog.plausible(id, Quantity.of(high, unit))).isTrue();
    assertThat(catalog.plausible(id, Quantity.of(low + "e0", unit))).isTrue();
    Quantity below =
        new Quantity(
            Quantity.of(low, unit).value().subtract(Quantity.of("0.01", unit).value()), unit);
    Quantity above =
        new Quantity(Quantity.of(high, unit).value().add(Quantity.of("0.01", unit).value()), unit);
    assertThat(catalog.plausible(id, below)).isFalse();
    assertThat(catalog.plausible(id, above)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "heart-rate, mmol/L",
    "heart-rate, bpm",
    "spo2, /min",
    "battery-status, 1",
    "glucose-interstitial, %"
  })
  void hasNoRangeForAUnitThatTheMetricCannotHave(String metric, String unit) {
    assertThat(catalog.range(new Metric(metric), unit)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> catalog.plausible(new Metric(metric), Quantity.of("1", unit)));
  }

  @Test
  void hasNoRangeForAMissingUnit() {
    assertThat(catalog.range(new Metric("spo2"), null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3150-0", "8867-4", "105272-9", "59408-5"})
  void acceptsALoincCodeWhoseCheckDigitFits(String loinc) {
    assertThat(MetricTable.checkDigitFits(loinc)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3150-6", "8867-5", "88674", "-4", "8867-44", "abc-1"})
  void refusesALoincCodeWhoseCheckDigitDoesNotFit(String loinc) {
    assertThat(MetricTable.checkDigitFits(loinc)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\tA\tLOINC:3150-6\t% 0 100",
        "a\tA\tMDC:3872\t% 0 100",
        "a\tA\tMDC:150456\tbpm 0 100",
        "a\tA\tMDC:150456\t% 100 0",
        "a\tA\tMDC:150456\t% 0 x",
        "a\tA\tMDC:150456\t% 0",
        "a\tA\tSCT:150456\t% 0 100",
        "a\tA\tMDC:150456",
        "a\tA\tMDC:150456\t% 0 100\nb\tB\tMDC:150456\t% 0 100",
        "a\tA\tMDC:150456; MDC:150456\t% 0 100",
        "a\tA\tMDC:150456\t% 0 100\na\tA\tMDC:150457\t% 0 100"
      })
  void refusesABrokenTable(String rows) {
    assertThatIllegalStateException().isThrownBy(() -> read(rows));
  }

  @Test
  void readsATableWithComments() throws Exception {
    assertThat(read("# note\n\na\tA\tMDC:150456\t\n").all())
        .singleElement()
        .satisfies(
            definition -> {
              assertThat(definition.coded()).isTrue();
              assertThat(definition.codes()).isEqualTo(List.of(new Code(Code.MDC, "150456")));
            });
  }

  private static MetricCatalog read(String rows) throws Exception {
    return new MetricCatalog(MetricTable.read(new BufferedReader(new StringReader(rows))));
  }

  @Test
  void theMdcCodingOfAConceptDecides() {
    CodeableConcept pulse =
        new CodeableConcept()
            .addCoding(new Coding("http://loinc.org", "8867-4", null))
            .addCoding(new Coding("urn:iso:std:iso:11073:10101", "149530", null));

    assertThat(catalog.byConcept(pulse).orElseThrow().metric().id()).isEqualTo("pulse-rate");
  }

  @Test
  void aConceptMeansTheFirstOfItsCodingsThatIsKnown() {
    CodeableConcept rate =
        new CodeableConcept()
            .addCoding(new Coding("urn:iso:std:iso:11073:10101", "1", null))
            .addCoding(new Coding(null, "8889-8", null))
            .addCoding(new Coding("http://loinc.org", null, null))
            .addCoding(new Coding("http://loinc.org", "8867-4", null));

    assertThat(catalog.byConcept(rate).orElseThrow().metric().id()).isEqualTo("heart-rate");
    assertThat(catalog.byConcept(new CodeableConcept().setText("Heart rate"))).isEmpty();
  }
}
