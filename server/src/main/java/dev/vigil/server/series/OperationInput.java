package dev.vigil.server.series;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.Reference;

/**
 * The parameters of an operation as text, from the query of a GET and the body of a POST alike. An
 * unknown or repeated one is refused: it is never ignored.
 */
final class OperationInput {

  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * Takes what the request says.
   *
   * @param known names of the parameters; those that begin with an underscore are HAPI's
   */
  OperationInput(RequestDetails request, Set<String> known) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    request
        .getParameters()
        .forEach((name, texts) -> all.put(name, new ArrayList<>(List.of(texts))));
    if (request.getResource() instanceof Parameters body) {
      for (ParametersParameterComponent one : body.getParameter()) {
        all.computeIfAbsent(String.valueOf(one.getName()), key -> new ArrayList<>()).add(text(one));
      }
    }
    all.forEach(
        (name, texts) -> {
          if (known.contains(name)) {
            if (texts.size() > 1) {
              throw refusal(name, "may come once");
            }
            if (!texts.get(0).isBlank()) {
              values.put(name, texts.get(0));
            }
          } else if (!name.startsWith("_")) {
            throw new ProblemException(
                Problem.invalid("Parameters.parameter", "a parameter is not one of " + known));
          }
        });
  }

  private static String text(ParametersParameterComponent one) {
    if (one.getValue() instanceof Reference reference) {
      return String.valueOf(reference.getReference());
    }
    if (one.getValue() instanceof Coding coding) {
      return coding.hasSystem() ? coding.getSystem() + "|" + coding.getCode() : coding.getCode();
    }
    if (one.hasValue() && one.getValue().isPrimitive()) {
      return one.getValue().primitiveValue();
    }
    throw refusal(String.valueOf(one.getName()).replaceAll("[^a-z]", ""), "has no value to read");
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  String required(String name) {
    return text(name).orElseThrow(() -> refusal(name, "is required"));
  }

  /** A moment with its offset. A plus sign that a URL turned into a space is put back. */
  Optional<Instant> moment(String name) {
    return text(name)
        .map(
            text -> {
              try {
                return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
              } catch (DateTimeParseException e) {
                throw refusal(name, "is no dateTime with a time and an offset");
              }
            });
  }

  Optional<Integer> number(String name, int least, int most) {
    return text(name)
        .map(
            text -> {
              if (!text.matches("\\d{1,6}")
                  || Integer.parseInt(text) < least
                  || Integer.parseInt(text) > most) {
                throw refusal(name, "is no whole number from " + least + " to " + most);
              }
              return Integer.parseInt(text);
            });
  }

  static ProblemException refusal(String name, String why) {
    return new ProblemException(Problem.invalid(expression(name), name + " " + why));
  }

  static String expression(String name) {
    return "Parameters.parameter.where(name='" + name + "')";
  }
}
