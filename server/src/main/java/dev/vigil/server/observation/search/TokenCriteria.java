package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import ca.uhn.fhir.context.support.ValueSetExpansionOptions;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.term.api.ITermReadSvc;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.param.TokenParamModifier;
import ca.uhn.fhir.util.FhirVersionIndependentConcept;
import dev.vigil.telemetry.observation.Criterion;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.r4.model.ValueSet;

/** Codes, with what HAPI's terminology knows about value sets and hierarchies. */
final class TokenCriteria {

  private final IValidationSupport validationSupport;
  private final ITermReadSvc terminology;
  private final JpaStorageSettings settings;

  TokenCriteria(
      IValidationSupport validationSupport, ITermReadSvc terminology, JpaStorageSettings settings) {
    this.validationSupport = validationSupport;
    this.terminology = terminology;
    this.settings = settings;
  }

  /** Whether the Observation must not meet what {@link #of} says. */
  static boolean negated(TokenParam token) {
    return token.getModifier() == TokenParamModifier.NOT
        || token.getModifier() == TokenParamModifier.NOT_IN;
  }

  /** Any of these is met; empty when no code can be. */
  List<Criterion.OnEntry> of(String param, TokenParam token) {
    if (token.getModifier() == null) {
      return List.of(plain(param, token));
    }
    return switch (token.getModifier()) {
      case NOT -> List.of(plain(param, token));
      case TEXT -> List.of(TextCriteria.starts(ParamNames.text(param), token.getValue()));
      case IN, NOT_IN -> codes(param, expand(param, token.getValue()));
      case ABOVE ->
          hierarchy(param, token, terminology.findCodesAbove(system(param, token), code(token)));
      case BELOW ->
          hierarchy(param, token, terminology.findCodesBelow(system(param, token), code(token)));
      case OF_TYPE -> List.of(ofType(param, token));
    };
  }

  private static Criterion.OnEntry plain(String param, TokenParam token) {
    String system = token.getSystem();
    String code = token.getValue();
    if (code == null || code.isBlank()) {
      if (system == null || system.isBlank()) {
        throw Refused.parameter(param, "a code is missing");
      }
      return new Criterion.Token(param, system, null);
    }
    return new Criterion.Token(param, system, Set.of(code));
  }

  private static Criterion.OnEntry ofType(String param, TokenParam token) {
    String value = token.getValue();
    int bar = value == null ? -1 : value.indexOf('|');
    if (token.getSystem() == null
        || token.getSystem().isBlank()
        || bar < 1
        || bar == value.length() - 1) {
      throw Refused.parameter(param, ":of-type needs system|code|value");
    }
    return Criterion.Token.of(ParamNames.ofType(param), token.getSystem(), value);
  }

  private static String system(String param, TokenParam token) {
    if (token.getSystem() == null || token.getSystem().isBlank()) {
      throw Refused.parameter(param, ":above and :below need system|code");
    }
    return token.getSystem();
  }

  /** A code lies above and below itself: where HAPI finds nothing it may know nothing. */
  private List<Criterion.OnEntry> hierarchy(
      String param, TokenParam token, Collection<FhirVersionIndependentConcept> found) {
    if (found.isEmpty() && validationSupport.fetchCodeSystem(token.getSystem()) == null) {
      throw Refused.parameter(
          param, "the code system is unknown, so nothing can tell what is above or below a code");
    }
    return codes(param, found);
  }

  private static String code(TokenParam token) {
    return token.getValue();
  }

  private Collection<FhirVersionIndependentConcept> expand(String param, String valueSet) {
    ValueSetExpansionOptions options = new ValueSetExpansionOptions();
    options.setCount(settings.getMaximumExpansionSize());
    IValidationSupport.ValueSetExpansionOutcome outcome =
        validationSupport.expandValueSet(
            new ValidationSupportContext(validationSupport), options, valueSet);
    if (outcome == null || !(outcome.getValueSet() instanceof ValueSet expanded)) {
      throw Refused.parameter(param, "the value set is unknown or cannot be expanded");
    }
    if (expanded.getExpansion().getTotal() > settings.getMaximumExpansionSize()) {
      throw Refused.parameter(
          param, "the value set has more than " + settings.getMaximumExpansionSize() + " codes");
    }
    Set<FhirVersionIndependentConcept> codes = new LinkedHashSet<>();
    collect(expanded.getExpansion().getContains(), codes);
    return codes;
  }

  private static void collect(
      List<ValueSet.ValueSetExpansionContainsComponent> contains,
      Set<FhirVersionIndependentConcept> codes) {
    for (ValueSet.ValueSetExpansionContainsComponent code : contains) {
      if (code.hasSystem() && code.hasCode()) {
        codes.add(new FhirVersionIndependentConcept(code.getSystem(), code.getCode()));
      }
      collect(code.getContains(), codes);
    }
  }

  private static List<Criterion.OnEntry> codes(
      String param, Collection<FhirVersionIndependentConcept> codes) {
    Map<String, Set<String>> bySystem = new LinkedHashMap<>();
    for (FhirVersionIndependentConcept code : codes) {
      bySystem
          .computeIfAbsent(code.getSystem(), system -> new LinkedHashSet<>())
          .add(code.getCode());
    }
    return bySystem.entrySet().stream()
        .<Criterion.OnEntry>map(
            system -> new Criterion.Token(param, system.getKey(), system.getValue()))
        .toList();
  }
}
