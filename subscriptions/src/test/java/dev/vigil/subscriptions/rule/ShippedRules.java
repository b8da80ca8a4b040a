package dev.vigil.subscriptions.rule;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.ucum.Ucum;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.hl7.fhir.r4.model.PlanDefinition;

/** The guide's rules, and a run of vectors through the engine in memory. */
public final class ShippedRules {

  /** Every rule that ships. */
  public static final List<String> IDS =
      List.of(
          "GLU-01", "GLU-02", "GLU-05", "OXY-01", "OXY-02", "HRT-01", "HRT-02", "BPR-01", "PM-01",
          "PM-02");

  /** Whose the vectors are. */
  public static final TenantId TENANT = new TenantId("demo");

  static final FhirContext FHIR = FhirContext.forR4Cached();

  private ShippedRules() {}

  /** The JSON of a rule, from the guide's package. */
  public static String json(String id) {
    try (InputStream file =
        ShippedRules.class.getResourceAsStream("/package/PlanDefinition-" + id + ".json")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(id, e);
    }
  }

  /** Reads a PlanDefinition. */
  public static PlanDefinition plan(String json) {
    return FHIR.newJsonParser().parseResource(PlanDefinition.class, json);
  }

  /** All of them. */
  public static List<PlanDefinition> plans() {
    return IDS.stream().map(id -> plan(json(id))).toList();
  }

  /** A compiler that knows the standard catalogue. */
  public static RuleCompiler compiler() {
    return new RuleCompiler(MetricCatalog.standard(), Ucum.standard());
  }

  /** What the rules of one family decide about a vector, in the words of the files. */
  static List<String> decide(List<Rule> family, Vector vector) {
    RuleEngine engine = new RuleEngine(Ucum.standard(), vector.patientContext());
    SamplingIntervals intervals = new KnownIntervals(vector.samplingIntervals());
    FamilyState state = FamilyState.NONE;
    List<Reading> known = new ArrayList<>();
    List<String> decisions = new ArrayList<>();
    for (List<Reading> message : vector.messages()) {
      known.addAll(message);
      RuleEngine.Outcome outcome =
          engine.evaluate(TENANT, family, Signals.of(known), intervals, message, state, Set.of());
      state = outcome.state();
      outcome.steps().forEach(step -> decisions.add(spell(step, family.size() > 1)));
    }
    return decisions;
  }

  private static String spell(Step step, boolean namesRule) {
    if (step instanceof Step.Raise raise) {
      String replaced =
          raise
              .replaced()
              .map(lower -> " replacing " + (namesRule ? lower.rule() : spell(lower.tier())))
              .orElse("");
      return (namesRule ? raise.alert().rule() + " " : "")
          + "raised "
          + spell(raise.alert().tier())
          + " at "
          + Vector.spell(raise.alert().raisedAt())
          + " from "
          + Vector.spell(raise.alert().onset())
          + replaced;
    }
    Step.Clear clear = (Step.Clear) step;
    return (namesRule ? clear.episode().rule() + " " : "")
        + "cleared at "
        + Vector.spell(clear.clearedAt());
  }

  private static String spell(Tier tier) {
    return tier.name().toLowerCase(Locale.ROOT);
  }
}
