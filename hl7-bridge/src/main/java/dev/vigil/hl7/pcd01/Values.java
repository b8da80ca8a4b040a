package dev.vigil.hl7.pcd01;

import ca.uhn.fhir.model.api.TemporalPrecisionEnum;
import dev.vigil.core.Code;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.Hl7Error;
import dev.vigil.hl7.er7.Hl7Refusal;
import dev.vigil.hl7.er7.Hl7Time;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Type;

/** OBX-5 by the type in OBX-2. */
final class Values {

  /** Data type NM (chapter 2A.47): no exponent. */
  private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)");

  private final Codes codes;

  Values(Codes codes) {
    this.codes = codes;
  }

  /**
   * One repetition of OBX-5.
   *
   * @throws Hl7Refusal if it is not of its type, or the type is not taken
   */
  Type value(Er7Segment obx, int repetition, ZoneId zone) {
    String type = obx.field(2);
    return switch (type) {
      case "NM" -> quantity(obx, obx.component(5, repetition, 1));
      case "SN" -> structured(obx, repetition);
      case "CWE", "CE", "CNE", "CF" -> codes.concept(obx, 5, repetition);
      case "ST", "TX", "FT", "IS", "ID", "SI" -> new StringType(obx.component(5, repetition, 1));
      case "DTM", "TS" ->
          Hl7Time.moment(obx.component(5, repetition, 1), zone)
              .map(Values::dateTime)
              .orElseThrow(() -> bad(obx, "OBX-5 is not a time with hours and minutes"));
      case "DT" ->
          Hl7Time.day(obx.component(5, repetition, 1))
              .map(day -> new DateTimeType(day.toString()))
              .orElseThrow(() -> bad(obx, "OBX-5 is not a date"));
      case "" -> {
        // Senders leave OBX-2 out where OBX-11 is X, and give a value all the same.
        if (obx.field(11).equals("X")) {
          yield new StringType(obx.component(5, repetition, 1));
        }
        throw new Hl7Refusal(
            obx.at(2), Hl7Error.Code.REQUIRED_FIELD, "OBX-2 does not say of what type OBX-5 is");
      }
      default ->
          throw new Hl7Refusal(
              obx.at(2), Hl7Error.Code.TABLE_VALUE, "the value type in OBX-2 is not taken");
    };
  }

  /** A moment to the second, or to the millisecond if it has any, in the offset it was sent in. */
  static DateTimeType dateTime(OffsetDateTime moment) {
    DateTimeType time =
        new DateTimeType(
            Date.from(moment.toInstant()),
            moment.getNano() == 0 ? TemporalPrecisionEnum.SECOND : TemporalPrecisionEnum.MILLI);
    if (moment.getOffset().equals(ZoneOffset.UTC)) {
      time.setTimeZoneZulu(true);
    } else {
      time.setTimeZone(TimeZone.getTimeZone(moment.getOffset()));
    }
    return time;
  }

  private static Quantity quantity(Er7Segment obx, String number) {
    if (!NUMBER.matcher(number).matches()) {
      throw bad(obx, "OBX-5 is not a number");
    }
    Quantity quantity = new Quantity().setValue(new BigDecimal(number));
    Units.Unit unit = Units.of(obx);
    if (!unit.text().isEmpty()) {
      quantity.setUnit(unit.text());
    }
    if (!unit.ucum().isEmpty()) {
      quantity.setSystem(Code.UCUM).setCode(unit.ucum());
    }
    return quantity;
  }

  /** {@code >^100}; a ratio or range stays text. */
  private static Type structured(Er7Segment obx, int repetition) {
    String comparator = obx.component(5, repetition, 1);
    String separator = obx.component(5, repetition, 3);
    String number = obx.component(5, repetition, 2);
    if (!separator.isEmpty()) {
      return new StringType(comparator + number + separator + obx.component(5, repetition, 4));
    }
    Quantity quantity = quantity(obx, number);
    switch (comparator) {
      case "", "=" -> {}
      case "<", "<=", ">", ">=" ->
          quantity.setComparator(Quantity.QuantityComparator.fromCode(comparator));
      default -> throw bad(obx, "OBX-5 has a comparator that is not taken");
    }
    return quantity;
  }

  private static Hl7Refusal bad(Er7Segment obx, String message) {
    return new Hl7Refusal(obx.at(5), Hl7Error.Code.DATA_TYPE, message);
  }
}
