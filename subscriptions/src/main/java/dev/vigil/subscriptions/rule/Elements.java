package dev.vigil.subscriptions.rule;

import dev.vigil.core.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Extension;

/** Reads the parts of a complex extension and notes what is missing or wrong. */
final class Elements {

  /** Milliseconds of the UCUM units of time that a rule may use. */
  private static final Map<String, Long> TIME_UNITS =
      Map.of("s", 1_000L, "min", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private final Extension extension;
  private final String path;
  private final RuleCompiler.Findings findings;

  Elements(Extension extension, String path, RuleCompiler.Findings findings) {
    this.extension = extension;
    this.path = path;
    this.findings = findings;
  }

  String path(String name) {
    return path + ".extension('" + name + "')";
  }

  boolean has(String name) {
    return extension.getExtensionByUrl(name) != null;
  }

  List<Extension> all(String name) {
    return extension.getExtensionsByUrl(name);
  }

  Elements part(String name) {
    return new Elements(extension.getExtensionByUrl(name), path(name), findings);
  }

  void problem(String name, String message) {
    findings.add(path(name), message);
  }

  /** Empty text, and a problem, if it is missing. */
  String code(String name) {
    Extension part = extension.getExtensionByUrl(name);
    String value =
        part == null || part.getValue() == null ? null : part.getValue().primitiveValue();
    if (value == null) {
      problem(name, "is missing");
      return "";
    }
    return value;
  }

  /** Zero, and a problem, if it is missing or not positive. */
  int positive(String name) {
    String text = code(name);
    try {
      int number = text.isEmpty() ? 1 : Integer.parseInt(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below in our words.
    }
    problem(name, "is no positive whole number");
    return 1;
  }

  BigDecimal decimal(String name) {
    String text = code(name);
    try {
      return text.isEmpty() ? BigDecimal.ZERO : new BigDecimal(text);
    } catch (NumberFormatException e) {
      problem(name, "is no number");
      return BigDecimal.ZERO;
    }
  }

  /** One second, and a problem, if it is missing or wrong. */
  Duration duration(String name) {
    Extension part = extension.getExtensionByUrl(name);
    if (part != null
        && part.getValue() instanceof org.hl7.fhir.r4.model.Quantity quantity
        && quantity.hasValue()
        && TIME_UNITS.containsKey(quantity.getCode())) {
      BigDecimal millis =
          quantity.getValue().multiply(BigDecimal.valueOf(TIME_UNITS.get(quantity.getCode())));
      if (millis.signum() > 0) {
        return Duration.ofMillis(millis.longValue());
      }
    }
    problem(name, "is no positive duration in s, min, h or d");
    return Duration.ofSeconds(1);
  }

  /** Null, and a problem, if it is missing or without a unit. */
  Quantity quantity(String name) {
    Extension part = extension.getExtensionByUrl(name);
    return quantity(part, name);
  }

  Quantity quantity(Extension part, String name) {
    if (part != null
        && part.getValue() instanceof org.hl7.fhir.r4.model.Quantity quantity
        && quantity.hasValue()
        && quantity.hasCode()) {
      return new Quantity(quantity.getValue(), quantity.getCode());
    }
    problem(name, "is no quantity with a UCUM code");
    return null;
  }
}
