package dev.vigil.server.observation.search;

import ca.uhn.fhir.jpa.model.entity.ResourceIndexedSearchParamString;
import ca.uhn.fhir.rest.param.StringParam;
import ca.uhn.fhir.rest.param.UriParam;
import ca.uhn.fhir.rest.param.UriParamQualifierEnum;
import ca.uhn.fhir.util.StringUtil;
import dev.vigil.telemetry.observation.Criterion;
import java.util.ArrayList;
import java.util.List;

/** Texts and addresses. */
final class TextCriteria {

  private TextCriteria() {}

  /** Any of these is met. */
  static List<Criterion.OnEntry> of(String param, StringParam text) {
    String value = text.getValue();
    if (value == null) {
      throw Refused.parameter(param, "a text is missing");
    }
    if (value.length() > ResourceIndexedSearchParamString.MAX_LENGTH) {
      throw Refused.parameter(
          param, "longer than " + ResourceIndexedSearchParamString.MAX_LENGTH + " characters");
    }
    if (text.isExact()) {
      return List.of(new Criterion.Text(param, Criterion.Text.Mode.EXACT, value));
    }
    return List.of(
        normalized(
            param,
            text.isContains() ? Criterion.Text.Mode.CONTAINS : Criterion.Text.Mode.STARTS,
            value));
  }

  /** A text that begins so, whatever its case and accents. */
  static Criterion.OnEntry starts(String param, String value) {
    return normalized(param, Criterion.Text.Mode.STARTS, value);
  }

  private static Criterion.OnEntry normalized(
      String param, Criterion.Text.Mode mode, String value) {
    return new Criterion.Text(param, mode, StringUtil.normalizeStringForSearchIndexing(value));
  }

  /** Any of these is met. */
  static List<Criterion.OnEntry> of(String param, UriParam uri) {
    return uri(param, uri.getValue(), uri.getQualifier());
  }

  /** Any of these is met. */
  static List<Criterion.OnEntry> uri(String param, String value, UriParamQualifierEnum qualifier) {
    if (value == null || value.isBlank()) {
      throw Refused.parameter(param, "an address is missing");
    }
    if (qualifier == null) {
      return List.of(new Criterion.Uri(param, value, false));
    }
    return switch (qualifier) {
      case BELOW -> List.of(new Criterion.Uri(param, value, true));
      case ABOVE -> above(param, value);
      default -> throw Refused.parameter(param, "only :above and :below are supported");
    };
  }

  /** The address itself and what lies over it, segment by segment. */
  private static List<Criterion.OnEntry> above(String param, String value) {
    List<Criterion.OnEntry> alternatives = new ArrayList<>();
    alternatives.add(new Criterion.Uri(param, value, false));
    for (int slash = value.lastIndexOf('/'); slash > 0; slash = value.lastIndexOf('/', slash - 1)) {
      alternatives.add(new Criterion.Uri(param, value.substring(0, slash), false));
      alternatives.add(new Criterion.Uri(param, value.substring(0, slash + 1), false));
    }
    return alternatives;
  }
}
