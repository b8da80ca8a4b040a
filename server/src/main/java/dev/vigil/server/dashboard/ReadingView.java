package dev.vigil.server.dashboard;

import dev.vigil.core.Code;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.ReadingValue;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A measured value as people read it. Public for the templates.
 *
 * @param signal what was measured
 * @param value with its unit, or the words of a code
 * @param measuredAt by the device's clock
 * @param quality what the device doubts about it; empty for a good sample
 */
public record ReadingView(String signal, String value, Instant measuredAt, String quality) {

  /** UCUM codes that nobody says that way. */
  private static final Map<String, String> UNITS =
      Map.of("mm[Hg]", "mmHg", "Cel", "°C", "Ohm", "Ω", "mo", "months");

  /** Values of MDC 721280, implant battery status (IEEE 11073-10103). */
  private static final Map<String, String> CODES =
      Map.of(
          "754113", "beginning of service",
          "754114", "middle of service",
          "754115", "replacement due",
          "754116", "end of service");

  static ReadingView of(String signal, Reading reading) {
    return new ReadingView(signal, text(reading.value()), reading.measuredAt(), quality(reading));
  }

  static String text(ReadingValue value) {
    if (value instanceof Quantity quantity) {
      return quantity.value().toPlainString() + " " + unit(quantity.unit());
    }
    String code = ((Code) value).code();
    return CODES.getOrDefault(code, "code " + code);
  }

  static String unit(String ucum) {
    return UNITS.getOrDefault(ucum, ucum);
  }

  private static String quality(Reading reading) {
    return reading.quality().stream()
        .map(flag -> flag.name().toLowerCase(Locale.ROOT))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** Hides the value. */
  @Override
  public String toString() {
    return "ReadingView[" + signal + "]";
  }
}
