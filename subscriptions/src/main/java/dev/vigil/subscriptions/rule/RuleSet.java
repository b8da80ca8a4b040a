package dev.vigil.subscriptions.rule;

import dev.vigil.core.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The rules of a tenant, found by family and by metric. Immutable. */
public final class RuleSet {

  /** No rule at all. */
  public static final RuleSet EMPTY = new RuleSet(List.of());

  private final Map<String, List<Rule>> byFamily = new TreeMap<>();
  private final Map<Metric, Set<String>> families = new LinkedHashMap<>();
  private final Map<String, Rule> byId = new TreeMap<>();
  private final Map<String, Integer> ranks = new TreeMap<>();
  private final Map<String, Set<Metric>> metrics = new TreeMap<>();

  /**
   * Sorts rules; of two with one id the later counts.
   *
   * @param rules in any order
   */
  public RuleSet(Collection<Rule> rules) {
    rules.forEach(rule -> byId.put(rule.id(), rule));
    for (Rule rule : byId.values()) {
      byFamily.computeIfAbsent(rule.family(), family -> new ArrayList<>()).add(rule);
      rule.metrics()
          .forEach(
              metric ->
                  families
                      .computeIfAbsent(metric, unseen -> new LinkedHashSet<>())
                      .add(rule.family()));
    }
    byFamily.forEach(
        (family, its) -> {
          ranks.put(family, rank(family));
          Set<Metric> seen = new LinkedHashSet<>();
          its.forEach(rule -> seen.addAll(rule.metrics()));
          metrics.put(family, Collections.unmodifiableSet(seen));
        });
  }

  /** Families that look at a metric, in a stable order; those that hide others come first. */
  public List<String> familiesOf(Collection<Metric> metrics) {
    return metrics.stream()
        .flatMap(metric -> families.getOrDefault(metric, Set.of()).stream())
        .distinct()
        .sorted(Comparator.<String>comparingInt(ranks::get).thenComparing(family -> family))
        .toList();
  }

  /** The rules of a family, by id. */
  public List<Rule> family(String family) {
    return byFamily.getOrDefault(family, List.of());
  }

  /** Every signal a family looks at. */
  public Set<Metric> metrics(String family) {
    return metrics.getOrDefault(family, Set.of());
  }

  /** How far back samples of a metric can matter to a family. */
  public Duration reach(String family, Metric metric, Duration longestInterval) {
    return family(family).stream()
        .map(rule -> rule.reach(metric, longestInterval))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  /** Ids of the rules that a rule hides; empty if the rule is unknown. */
  public Set<String> inhibitedBy(String rule) {
    Rule known = byId.get(rule);
    return known == null ? Set.of() : known.inhibits();
  }

  private int rank(String family) {
    boolean hidesOthers =
        family(family).stream()
            .flatMap(rule -> rule.inhibits().stream())
            .map(byId::get)
            .anyMatch(hidden -> hidden != null && !hidden.family().equals(family));
    return hidesOthers ? 0 : 1;
  }
}
