package dev.vigil.subscriptions.rule;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.ucum.Ucum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.hl7.fhir.r4.model.PlanDefinition.PlanDefinitionActionComponent;

/** Compiles a PlanDefinition of the rule profile into a {@link Rule}. */
public final class RuleCompiler {

  private final ClauseCompiler clauses;

  /** Knows metrics and units from there. */
  public RuleCompiler(MetricCatalog catalog, Ucum ucum) {
    this.clauses = new ClauseCompiler(catalog, ucum);
  }

  /**
   * Whether a PlanDefinition claims to be a rule and is active. Others are none of our business.
   */
  public static boolean isRule(PlanDefinition plan) {
    return plan.getStatus() == PublicationStatus.ACTIVE
        && plan.getMeta().hasProfile(RuleVocabulary.PROFILE);
  }

  /**
   * Compiles.
   *
   * @throws ProblemException with every problem found, each with a FHIRPath expression
   */
  public Rule compile(PlanDefinition plan) {
    Findings findings = new Findings();
    String root = "PlanDefinition";
    String id = id(plan, findings);
    if (!plan.hasVersion()) {
      findings.add(root + ".version", "a rule has a version");
    }
    if (!plan.hasTitle()) {
      findings.add(root + ".title", "a rule has a title");
    }
    Extension signal = plan.getExtensionByUrl(RuleVocabulary.SIGNAL);
    String signalPath = root + ".extension('" + RuleVocabulary.SIGNAL + "')";
    if (signal == null) {
      findings.add(root + ".extension", "a rule names its signal family");
      signal = new Extension();
    }
    Elements elements = new Elements(signal, signalPath, findings);
    String family = elements.code("family");
    Duration interval = elements.has("interval") ? elements.duration("interval") : Duration.ZERO;
    Set<String> inhibits = inhibits(signal);

    List<Clause> raises = new ArrayList<>();
    List<Clause> clears = new ArrayList<>();
    boolean byNewDevice = false;
    for (int i = 0; i < plan.getAction().size(); i++) {
      PlanDefinitionActionComponent action = plan.getAction().get(i);
      String path = root + ".action[" + i + "]";
      String kind = kind(action, path, findings);
      Extension never = action.getExtensionByUrl(RuleVocabulary.CLEARING);
      if (RuleVocabulary.CLEAR.equals(kind) && never != null) {
        byNewDevice = RuleVocabulary.DEVICE_REPLACED.equals(never.getValue().primitiveValue());
        if (!byNewDevice) {
          findings.add(path + ".extension", "the way of clearing is unknown");
        }
        continue;
      }
      Optional<Clause> clause =
          clauses.compile(action, path, RuleVocabulary.RAISE.equals(kind), findings);
      clause.ifPresent(
          compiled -> (RuleVocabulary.RAISE.equals(kind) ? raises : clears).add(compiled));
    }
    if (raises.isEmpty() && findings.none()) {
      findings.add(root + ".action", "a rule says when it raises");
    }
    if (clears.isEmpty() && !byNewDevice && findings.none()) {
      findings.add(root + ".action", "a rule says when it clears, or that only a new device does");
    }
    if (interval.isZero() && (sustained(raises) || sustained(clears))) {
      elements.problem("interval", "is missing: a duration needs it");
    }
    Hysteresis.check(raises, clears, root + ".action", findings);
    findings.throwIfAny();
    return new Rule(
        id,
        plan.getVersion(),
        plan.getTitle(),
        family,
        interval,
        raises,
        clears,
        byNewDevice,
        inhibits);
  }

  private static boolean sustained(List<Clause> clauses) {
    return clauses.stream()
        .flatMap(clause -> clause.conditions().stream())
        .anyMatch(condition -> condition.persistence() instanceof Persistence.Sustained);
  }

  private static String id(PlanDefinition plan, Findings findings) {
    String url = plan.getUrl();
    if (url == null || !url.startsWith(RuleVocabulary.CANONICAL)) {
      findings.add("PlanDefinition.url", "a rule's url begins with " + RuleVocabulary.CANONICAL);
      return "";
    }
    return url.substring(RuleVocabulary.CANONICAL.length());
  }

  private static Set<String> inhibits(Extension signal) {
    Set<String> ids = new HashSet<>();
    for (Extension part : signal.getExtensionsByUrl("inhibits")) {
      if (part.getValue() instanceof CanonicalType canonical) {
        String url = canonical.getValue();
        ids.add(url.substring(url.lastIndexOf('/') + 1).replaceAll("\\|.*", ""));
      }
    }
    return ids;
  }

  private static String kind(PlanDefinitionActionComponent action, String path, Findings findings) {
    Optional<String> kind =
        action.getCode().stream()
            .flatMap(code -> code.getCoding().stream())
            .filter(coding -> RuleVocabulary.ACTION_SYSTEM.equals(coding.getSystem()))
            .map(coding -> coding.getCode())
            .filter(code -> RuleVocabulary.RAISE.equals(code) || RuleVocabulary.CLEAR.equals(code))
            .findFirst();
    if (kind.isEmpty()) {
      findings.add(path + ".code", "an action of a rule is coded raise or clear");
    }
    return kind.orElse(RuleVocabulary.CLEAR);
  }

  /** Problems found so far. */
  static final class Findings {
    private final List<Problem> problems = new ArrayList<>();

    void add(String expression, String message) {
      problems.add(Problem.invalid(expression, message));
    }

    boolean none() {
      return problems.isEmpty();
    }

    void throwIfAny() {
      Problem.throwIfAny(problems);
    }
  }
}
