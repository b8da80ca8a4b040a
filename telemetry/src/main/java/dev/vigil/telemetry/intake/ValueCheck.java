package dev.vigil.telemetry.intake;

import dev.vigil.core.Code;
import dev.vigil.core.Problem;
import dev.vigil.core.Quantity;
import dev.vigil.core.ReadingValue;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.MetricDefinition;
import dev.vigil.terminology.metric.PlausibleRange;
import java.util.Optional;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.SampledData;

/** Whether a measured value is one its metric can have, and what it is to us. */
final class ValueCheck {

  private final MetricCatalog catalog;

  ValueCheck(MetricCatalog catalog) {
    this.catalog = catalog;
  }

  /** The first thing wrong with the value. */
  Optional<Problem> problem(Measurement measurement) {
    String element = measurement.path() + ".value";
    if (measurement.absent()) {
      return measurement.value() == null
          ? Optional.empty()
          : Optional.of(
              Problem.invalid(
                  measurement.path() + ".dataAbsentReason",
                  "a value and a reason for its absence exclude each other"));
    }
    if (measurement.value() == null) {
      return measurement.valueElsewhere()
          ? Optional.empty()
          : Optional.of(
              Problem.invalid(
                  element, named(measurement) + " needs a value or a dataAbsentReason"));
    }
    if (measurement.value() instanceof SampledData) {
      return Optional.empty();
    }
    return measurement.definition().coded()
        ? codedProblem(measurement, element)
        : quantityProblem(measurement, element);
  }

  private static Optional<Problem> codedProblem(Measurement measurement, String element) {
    if (!(measurement.value() instanceof CodeableConcept concept)) {
      return Optional.of(
          Problem.invalid(element, named(measurement) + " must be a CodeableConcept"));
    }
    return coding(concept).isPresent()
        ? Optional.empty()
        : Optional.of(
            Problem.codeInvalid(
                element + ".ofType(CodeableConcept).coding",
                named(measurement) + " needs a coding with system and code"));
  }

  private Optional<Problem> quantityProblem(Measurement measurement, String element) {
    if (!(measurement.value() instanceof org.hl7.fhir.r4.model.Quantity quantity)) {
      return Optional.of(Problem.invalid(element, named(measurement) + " must be a Quantity"));
    }
    String path = element + ".ofType(Quantity)";
    MetricDefinition definition = measurement.definition();
    if (quantity.getCode() != null && !Code.UCUM.equals(quantity.getSystem())) {
      return Optional.of(
          Problem.codeInvalid(
              path + ".system", "the unit of " + definition.metric() + " must be a UCUM code"));
    }
    Optional<PlausibleRange> range = catalog.range(definition.metric(), quantity.getCode());
    if (range.isEmpty()) {
      return Optional.of(
          Problem.codeInvalid(
              path + ".code",
              named(measurement)
                  + " needs a UCUM unit of the dimension of "
                  + String.join(" or ", definition.units())));
    }
    if (quantity.getValue() == null) {
      return Optional.of(Problem.invalid(path + ".value", named(measurement) + " needs a number"));
    }
    return catalog.plausible(
            definition.metric(), new Quantity(quantity.getValue(), quantity.getCode()))
        ? Optional.empty()
        : Optional.of(
            Problem.invalid(path + ".value", named(measurement) + " is outside " + range.get()));
  }

  /**
   * What a measurement without problem measured.
   *
   * <p>A comparator is dropped: a sensor that says "below 40" is taken at 40, so that its alert is
   * not lost.
   *
   * @return empty if the value is absent, or a waveform, which is stored but not evaluated
   */
  static Optional<ReadingValue> value(Measurement measurement) {
    if (measurement.value() instanceof org.hl7.fhir.r4.model.Quantity quantity) {
      return Optional.of(new Quantity(quantity.getValue(), quantity.getCode()));
    }
    if (measurement.value() instanceof CodeableConcept concept) {
      return coding(concept).map(coding -> new Code(coding.getSystem(), coding.getCode()));
    }
    return Optional.empty();
  }

  /** The coding that counts: the MDC one, else the first that is whole. */
  private static Optional<Coding> coding(CodeableConcept concept) {
    Coding first = null;
    for (Coding coding : concept.getCoding()) {
      if (coding.getSystem() == null || coding.getCode() == null) {
        continue;
      }
      if (coding.getSystem().equals(Code.MDC)) {
        return Optional.of(coding);
      }
      first = first == null ? coding : first;
    }
    return Optional.ofNullable(first);
  }

  private static String named(Measurement measurement) {
    return "the value of " + measurement.definition().metric();
  }
}
