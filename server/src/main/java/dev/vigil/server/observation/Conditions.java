package dev.vigil.server.observation;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.i18n.Msg;
import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.dao.PreVerifyConditionalMatchCriteriaRequest;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.jpa.searchparam.matcher.InMemoryMatchResult;
import ca.uhn.fhir.jpa.searchparam.matcher.SearchParamMatcher;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import ca.uhn.fhir.rest.server.util.CompositeInterceptorBroadcaster;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.ObservationIdentifier;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Observation;

/** Reads the conditions of conditional operations, and holds Observations against them. */
final class Conditions {

  /** What nearly every device asks: the one with this identifier. */
  record OneIdentifier(String system, String value) {
    boolean of(Observation observation) {
      return observation.getIdentifier().stream()
          .anyMatch(found -> system.equals(found.getSystem()) && value.equals(found.getValue()));
    }

    ObservationIdentifier in(TenantId tenant) {
      return new ObservationIdentifier(tenant, system, value);
    }
  }

  private final FhirContext context;
  private final MatchUrlService urls;
  private final SearchParamMatcher matcher;
  private final IInterceptorBroadcaster hooks;

  Conditions(
      FhirContext context,
      MatchUrlService urls,
      SearchParamMatcher matcher,
      IInterceptorBroadcaster hooks) {
    this.context = context;
    this.urls = urls;
    this.matcher = matcher;
    this.hooks = hooks;
  }

  /** The same text for the same condition, however it is ordered or escaped. */
  String canonical(String url) {
    return SyntheticPid.TYPE + read(url).toNormalizedQueryString(context);
  }

  /** The identifier that the condition asks for, if it asks for nothing else. */
  Optional<OneIdentifier> identifier(String url) {
    SearchParameterMap asked = read(url);
    List<List<IQueryParameterType>> all = asked.get(Observation.SP_IDENTIFIER);
    boolean one =
        asked.size() == 1
            && asked.getLastUpdated() == null
            && all != null
            && all.size() == 1
            && all.get(0).size() == 1;
    return one
            && all.get(0).get(0) instanceof TokenParam token
            && token.getModifier() == null
            && token.getMissing() == null
            && token.getSystem() != null
            && !token.getSystem().isEmpty()
            && !token.isEmpty()
        ? Optional.of(new OneIdentifier(token.getSystem(), token.getValue()))
        : Optional.empty();
  }

  private SearchParameterMap read(String url) {
    return urls.translateMatchUrl(withType(url), context.getResourceDefinition(SyntheticPid.TYPE));
  }

  private static String withType(String url) {
    int mark = url.indexOf('?');
    return mark > 0 ? url : SyntheticPid.TYPE + "?" + url.substring(mark + 1);
  }

  /** Whether the Observation meets it; empty if that cannot be told without the database. */
  Optional<Boolean> met(String url, Observation observation, RequestDetails request) {
    Optional<OneIdentifier> identifier = identifier(url);
    if (identifier.isPresent()) {
      return Optional.of(identifier.get().of(observation));
    }
    InMemoryMatchResult match = matcher.match(withType(url), observation, request);
    return match.supported() ? Optional.of(match.matched()) : Optional.empty();
  }

  /**
   * Makes sure that an Observation will be found by the condition it is created under.
   *
   * @param verb {@code create} or {@code update}
   * @throws InvalidRequestException with HAPI-0929 if it would not
   */
  void require(String url, Observation observation, String verb, RequestDetails request) {
    String verified = announced(url, observation, request);
    if (!met(verified, observation, request).orElse(true)) {
      throw new InvalidRequestException(
          Msg.code(929)
              + "Failed to process conditional "
              + verb
              + ". The supplied resource did not satisfy the conditional URL.");
    }
  }

  private String announced(String url, Observation observation, RequestDetails request) {
    IInterceptorBroadcaster all =
        CompositeInterceptorBroadcaster.newCompositeBroadcaster(hooks, request);
    if (!all.hasHooks(Pointcut.STORAGE_PREVERIFY_CONDITIONAL_MATCH_CRITERIA)) {
      return url;
    }
    PreVerifyConditionalMatchCriteriaRequest asked =
        new PreVerifyConditionalMatchCriteriaRequest(observation);
    asked.setConditionalUrl(url);
    all.callHooks(
        Pointcut.STORAGE_PREVERIFY_CONDITIONAL_MATCH_CRITERIA,
        new HookParams()
            .add(RequestDetails.class, request)
            .addIfMatchesType(ServletRequestDetails.class, request)
            .add(PreVerifyConditionalMatchCriteriaRequest.class, asked));
    return asked.getConditionalUrl();
  }
}
