package dev.vigil.subscriptions.rule;

import dev.vigil.core.Code;
import dev.vigil.core.Metric;
import dev.vigil.core.Quantity;
import dev.vigil.core.Tier;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.MetricDefinition;
import dev.vigil.terminology.ucum.Ucum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.PlanDefinition.PlanDefinitionActionComponent;

/** Compiles the clause extension of one action. */
final class ClauseCompiler {

  private final Map<String, MetricDefinition> metrics = new HashMap<>();
  private final Ucum ucum;

  ClauseCompiler(MetricCatalog catalog, Ucum ucum) {
    catalog.all().forEach(definition -> metrics.put(definition.metric().id(), definition));
    this.ucum = ucum;
  }

  /** Empty, and problems, if the action carries no clause. */
  Optional<Clause> compile(
      PlanDefinitionActionComponent action,
      String path,
      boolean raises,
      RuleCompiler.Findings findings) {
    Extension extension = action.getExtensionByUrl(RuleVocabulary.CLAUSE);
    if (extension == null) {
      findings.add(path + ".extension", "the action carries no clause");
      return Optional.empty();
    }
    Elements clause =
        new Elements(extension, path + ".extension('" + RuleVocabulary.CLAUSE + "')", findings);
    Optional<Tier> tier = raises ? Optional.of(tier(clause)) : Optional.empty();
    Optional<ContextTest> context =
        clause.has("context") ? Optional.of(context(clause.part("context"))) : Optional.empty();
    List<Condition> conditions = new ArrayList<>();
    List<Extension> parts = clause.all("condition");
    for (int i = 0; i < parts.size(); i++) {
      Elements condition =
          new Elements(parts.get(i), clause.path("condition") + "[" + i + "]", findings);
      conditions.add(condition(condition));
    }
    if (conditions.isEmpty()) {
      clause.problem("condition", "is missing");
    }
    return Optional.of(new Clause(tier, context, conditions));
  }

  private static Tier tier(Elements clause) {
    String code = clause.code("tier");
    for (Tier tier : Tier.values()) {
      if (tier.name().toLowerCase(Locale.ROOT).equals(code)) {
        return tier;
      }
    }
    clause.problem("tier", "is none of high, medium, low, tech");
    return Tier.LOW;
  }

  private static ContextTest context(Elements context) {
    String unknown = context.code("unknown");
    if (!unknown.equals("applies") && !unknown.equals("does-not-apply")) {
      context.problem("unknown", "is neither applies nor does-not-apply");
    }
    return new ContextTest(
        context.code("question"),
        Boolean.parseBoolean(context.code("answer")),
        unknown.equals("applies"));
  }

  private Condition condition(Elements condition) {
    List<Metric> of = new ArrayList<>();
    for (Extension part : condition.all("metric")) {
      String id = part.getValue() == null ? "" : part.getValue().primitiveValue();
      if (!metrics.containsKey(id)) {
        condition.problem("metric", "is not in the metric catalogue");
      }
      of.add(new Metric(id));
    }
    if (of.isEmpty()) {
      condition.problem("metric", "is missing");
    }
    Duration within = condition.has("within") ? condition.duration("within") : null;
    return new Condition(of, criterion(condition, of), persistence(condition), within);
  }

  /** Limits of one comparator are one criterion; every criterion of a condition has to be met. */
  private Criterion criterion(Elements condition, List<Metric> of) {
    List<Criterion> parts = new ArrayList<>();
    Map<Comparator, List<Quantity>> limits = limits(condition, of);
    limits.forEach(
        (comparator, quantities) -> parts.add(new Criterion.Limit(comparator, quantities)));
    if (condition.has("value")) {
      parts.add(coded(condition));
    }
    if (condition.has("change")) {
      parts.add(change(condition.part("change"), of));
    }
    if (parts.isEmpty()) {
      condition.problem("limit", "a condition has a limit, a value or a change");
    }
    return parts.size() == 1 ? parts.get(0) : new Criterion.All(parts);
  }

  private Map<Comparator, List<Quantity>> limits(Elements condition, List<Metric> of) {
    Map<Comparator, List<Quantity>> limits = new EnumMap<>(Comparator.class);
    for (Extension part : condition.all("limit")) {
      Quantity limit = condition.quantity(part, "limit");
      if (limit == null) {
        continue;
      }
      checkUnit(condition, "limit", limit, of);
      String symbol =
          ((org.hl7.fhir.r4.model.Quantity) part.getValue())
              .getComparatorElement()
              .getValueAsString();
      Optional<Comparator> comparator =
          Arrays.stream(Comparator.values())
              .filter(candidate -> candidate.symbol().equals(symbol))
              .findFirst();
      if (comparator.isEmpty()) {
        condition.problem("limit", "has no comparator");
      } else {
        limits.computeIfAbsent(comparator.get(), unseen -> new ArrayList<>()).add(limit);
      }
    }
    return limits;
  }

  private static Criterion coded(Elements condition) {
    Set<Code> codes = new HashSet<>();
    for (Extension part : condition.all("value")) {
      if (part.getValue() instanceof Coding coding && coding.hasSystem() && coding.hasCode()) {
        codes.add(new Code(coding.getSystem(), coding.getCode()));
      } else {
        condition.problem("value", "is no coding with system and code");
      }
    }
    return new Criterion.Coded(codes);
  }

  private Criterion change(Elements change, List<Metric> of) {
    Quantity amount = change.quantity("amount");
    if (amount == null) {
      amount = Quantity.of("0", "1");
    } else {
      checkUnit(change, "amount", amount, of);
    }
    return new Criterion.Change(
        change.duration("over"),
        change.decimal("percent"),
        amount,
        change.positive("minimum"),
        Boolean.parseBoolean(change.code("opposite")));
  }

  private void checkUnit(Elements elements, String name, Quantity limit, List<Metric> of) {
    for (Metric metric : of) {
      MetricDefinition definition = metrics.get(metric.id());
      boolean fits =
          definition == null
              || definition.units().stream()
                  .anyMatch(unit -> ucum.commensurable(unit, limit.unit()));
      if (!fits) {
        elements.problem(name, "has a unit of another dimension than the metric");
      }
    }
  }

  private static Persistence persistence(Elements condition) {
    List<Persistence> found = new ArrayList<>();
    if (condition.has("once")) {
      found.add(new Persistence.Once());
    }
    if (condition.has("sustained")) {
      found.add(new Persistence.Sustained(condition.duration("sustained")));
    }
    if (condition.has("repeated")) {
      Elements repeated = condition.part("repeated");
      int count = repeated.positive("count");
      Duration atLeast = repeated.duration("atLeast");
      Duration atMost = repeated.duration("atMost");
      if (count < 2) {
        repeated.problem("count", "is below 2");
      }
      if (atLeast.compareTo(atMost) > 0) {
        repeated.problem("atLeast", "is longer than atMost");
      }
      found.add(new Persistence.Repeated(count, atLeast, atMost));
    }
    if (found.size() != 1) {
      condition.problem("once", "a condition is met once, sustained or repeated");
      return new Persistence.Once();
    }
    return found.get(0);
  }
}
