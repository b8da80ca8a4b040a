package dev.vigil.server.bulk.export;

import ca.uhn.fhir.rest.api.RequestTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.Reference;

/** The parameters of a kick-off as text, from the query of a GET or the body of a POST. */
final class ExportParameters {

  static final String TYPE = "_type";
  static final String SINCE = "_since";
  static final String FILTER = "_typeFilter";
  static final String FORMAT = "_outputFormat";
  static final String PATIENT = "patient";

  private static final Set<String> KNOWN = Set.of(TYPE, SINCE, FILTER, FORMAT, PATIENT);

  /** HAPI's own, of the answer's form. */
  private static final Set<String> OF_THE_ANSWER = Set.of("_format", "_pretty");

  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private final boolean post;

  /**
   * Takes what the request says.
   *
   * @param lenient whether a parameter that is not known may be passed over
   */
  ExportParameters(RequestDetails request, boolean lenient) {
    post = request.getRequestType() == RequestTypeEnum.POST;
    request.getParameters().forEach((name, texts) -> add(name, Arrays.asList(texts), lenient));
    if (request.getResource() instanceof Parameters body) {
      for (ParametersParameterComponent one : body.getParameter()) {
        add(String.valueOf(one.getName()), List.of(text(one)), lenient);
      }
    }
  }

  private void add(String name, List<String> texts, boolean lenient) {
    if (KNOWN.contains(name)) {
      values.computeIfAbsent(name, key -> new ArrayList<>()).addAll(texts);
    } else if (!lenient && !OF_THE_ANSWER.contains(name)) {
      throw new ProblemException(
          Problem.invalid(
              "Parameters.parameter",
              "a parameter is not supported here; Prefer: handling=lenient passes it over"));
    }
  }

  private static String text(ParametersParameterComponent one) {
    if (one.getValue() instanceof Reference reference && reference.hasReference()) {
      return reference.getReference();
    }
    if (one.hasValue() && one.getValue().isPrimitive()) {
      return one.getValue().primitiveValue();
    }
    throw new ProblemException(
        Problem.invalid("Parameters.parameter", "a parameter has no value to read"));
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  boolean inPost() {
    return post;
  }

  /** The values, those that are separated by commas one by one. */
  List<String> list(String name) {
    return values.getOrDefault(name, List.of()).stream()
        .flatMap(text -> Arrays.stream(text.split(",")))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .distinct()
        .toList();
  }

  /** Each filter; a comma in front of {@code Type?} begins another one. */
  List<String> filters() {
    return values.getOrDefault(FILTER, List.of()).stream()
        .flatMap(text -> Arrays.stream(text.split(",(?=[A-Z][A-Za-z]*\\?)")))
        .filter(text -> !text.isBlank())
        .toList();
  }

  Optional<String> one(String name) {
    List<String> all = values.getOrDefault(name, List.of());
    if (all.size() > 1) {
      throw refusal(name, "may come once");
    }
    return all.stream().filter(text -> !text.isBlank()).findFirst();
  }

  static ProblemException refusal(String name, String why) {
    return new ProblemException(
        Problem.invalid("Parameters.parameter.where(name='" + name + "')", name + " " + why));
  }
}
