package dev.vigil.telemetry.device;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.time.Duration;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.Timing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeasurementPeriodTest {

  private static final FhirContext FHIR = FhirContext.forR4Cached();

  private static Timing timing(String json) {
    return FHIR.newJsonParser()
        .parseResource(
            DeviceMetric.class,
            """
            {"resourceType": "DeviceMetric", "measurementPeriod": %s}
            """
                .formatted(json))
        .getMeasurementPeriod();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, s, PT1S",
    "1, 10, s, PT10S",
    "1, 5, min, PT5M",
    "1, 0.5, h, PT30M",
    "1, 1, d, PT24H",
    "1, 1, wk, PT168H",
    "12, 1, h, PT5M",
    "256, 1, s, PT0.004S",
    "3, 1, s, PT0.334S",
    "1, 0.000001, s, PT0.001S",
  })
  void theIntervalIsThePeriodSharedByTheFrequency(
      int frequency, String period, String unit, Duration interval) {
    assertThat(
            MeasurementPeriod.interval(
                timing(
                    """
                    {"repeat": {"frequency": %d, "period": %s, "periodUnit": "%s"}}
                    """
                        .formatted(frequency, period, unit))))
        .contains(interval);
  }

  @Test
  void aPeriodWithoutAFrequencyMeansOnce() {
    assertThat(
            MeasurementPeriod.interval(
                timing(
                    """
                    {"repeat": {"period": 5, "periodUnit": "min"}}
                    """)))
        .contains(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"boundsPeriod\": {\"start\": \"2026-03-01\"}",
        "\"boundsDuration\": {\"value\": 1, \"code\": \"d\"}",
        "\"count\": 3",
        "\"countMax\": 3",
        "\"duration\": 2",
        "\"durationMax\": 2",
        "\"durationUnit\": \"s\"",
        "\"frequencyMax\": 2",
        "\"periodMax\": 10",
        "\"dayOfWeek\": [\"mon\"]",
        "\"timeOfDay\": [\"08:00:00\"]",
        "\"when\": [\"HS\"]",
        "\"offset\": 10",
      })
  void whateverElseARepeatSaysLeavesItOpen(String more) {
    assertThat(
            MeasurementPeriod.interval(
                timing(
                    """
                    {"repeat": {"frequency": 1, "period": 5, "periodUnit": "min", %s}}
                    """
                        .formatted(more))))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"event\": [\"2026-03-01T12:00:00Z\"]",
        "\"code\": {\"coding\": [{\"code\": \"Q4H\"}]}",
        "\"modifierExtension\": [{\"url\": \"urn:example:not\", \"valueBoolean\": true}]",
      })
  void whateverElseATimingSaysLeavesItOpen(String more) {
    assertThat(
            MeasurementPeriod.interval(
                timing(
                    """
                    {"repeat": {"frequency": 1, "period": 5, "periodUnit": "min"}, %s}
                    """
                        .formatted(more))))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"repeat\": {\"frequency\": 1, \"periodUnit\": \"min\"}}",
        "{\"repeat\": {\"frequency\": 1, \"period\": 5}}",
        "{\"repeat\": {\"frequency\": 1, \"period\": 1, \"periodUnit\": \"mo\"}}",
        "{\"repeat\": {\"frequency\": 1, \"period\": 1, \"periodUnit\": \"a\"}}",
        "{\"repeat\": {\"frequency\": 1, \"period\": 0, \"periodUnit\": \"s\"}}",
        "{\"repeat\": {\"frequency\": 1, \"period\": -5, \"periodUnit\": \"min\"}}",
        "{\"repeat\": {\"frequency\": 0, \"period\": 5, \"periodUnit\": \"min\"}}",
        "{\"repeat\": {\"frequency\": -1, \"period\": 5, \"periodUnit\": \"min\"}}",
        "{\"repeat\": {\"frequency\": 1, \"period\": 1E+30, \"periodUnit\": \"s\"}}",
        "{\"repeat\": {\"frequency\": 1, \"period\": 1E-30, \"periodUnit\": \"s\"}}",
        "{\"repeat\": {\"frequency\": 1}}",
      })
  void whatIsMissingUnevenOrAbsurdLeavesItOpen(String timing) {
    assertThat(MeasurementPeriod.interval(timing(timing))).isEmpty();
  }

  @Test
  void noTimingLeavesItOpen() {
    assertThat(MeasurementPeriod.interval(new DeviceMetric().getMeasurementPeriod())).isEmpty();
  }
}
