package dev.vigil.server.stats;

import dev.vigil.core.Code;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Date;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;

/** The figures of one code as an Observation that is never stored, a component for each figure. */
final class StatsAnswer {

  private static final String SYSTEM =
      "http://terminology.hl7.org/CodeSystem/observation-statistics";
  private static final String ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

  /** Digits that a figure is told with; values are told as they are. */
  private static final MathContext SHOWN = new MathContext(15, RoundingMode.HALF_EVEN);

  private StatsAnswer() {}

  static Observation of(StatsQuery query, Coding code, Measured measured) {
    Observation answer = new Observation();
    answer.setStatus(ObservationStatus.FINAL);
    answer.setCode(new CodeableConcept().addCoding(code));
    answer.setSubject(new Reference(query.subject().getValue()));
    if (query.from() != null || query.to() != null) {
      Period period = new Period();
      period.setStart(query.from() == null ? null : Date.from(query.from()));
      period.setEnd(query.to() == null ? null : Date.from(query.to()));
      answer.setEffective(period);
    }
    for (Statistic statistic : query.statistics()) {
      Observation.ObservationComponentComponent component = answer.addComponent();
      component
          .getCode()
          .setText(statistic.display())
          .addCoding(new Coding(SYSTEM, statistic.code(), statistic.display()));
      statistic
          .of(measured.sample())
          .ifPresentOrElse(
              figure -> component.setValue(quantity(figure, statistic.scale(), measured)),
              () ->
                  component
                      .getDataAbsentReason()
                      .addCoding(new Coding(ABSENT, "not-applicable", "Not Applicable")));
    }
    return answer;
  }

  private static Quantity quantity(BigDecimal figure, Statistic.Scale scale, Measured measured) {
    Quantity quantity = new Quantity().setValue(shown(figure));
    String unit =
        switch (scale) {
          case VALUE -> measured.unit();
          case DIFFERENCE -> difference(measured.unit());
          case SQUARE -> times(measured.unit(), "(%s)2");
          case RATE -> times(measured.unit(), "(%s)/h");
          case COUNT, NONE -> "1";
        };
    if (unit != null) {
      quantity.setUnit(unit).setSystem(Code.UCUM).setCode(unit);
    }
    return quantity;
  }

  /** Degrees apart are kelvin: a difference of two temperatures has no zero of its own. */
  private static String difference(String unit) {
    return "Cel".equals(unit) ? "K" : unit;
  }

  private static String times(String unit, String shape) {
    return unit == null ? null : shape.formatted(difference(unit));
  }

  private static BigDecimal shown(BigDecimal figure) {
    return figure.precision() <= SHOWN.getPrecision()
        ? figure
        : new BigDecimal(figure.round(SHOWN).stripTrailingZeros().toPlainString());
  }
}
