package dev.vigil.subscriptions.rule;

import dev.vigil.core.Metric;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A rule as the engine uses it. Immutable.
 *
 * @param id stable, for example {@code GLU-01}
 * @param version the PlanDefinition's business version
 * @param title one plain sentence without values or names
 * @param family signal family; with tenant and patient the key of an episode
 * @param interval sampling interval to expect where the device does not say; zero if no clause asks
 *     for a duration
 * @param raises any of them raises; the one of the highest tier counts; not empty
 * @param clears any of them clears; empty only if {@code clearedByNewDevice}
 * @param clearedByNewDevice whether only a sample of another device ends an episode
 * @param inhibits ids of rules that are hidden while this one's episode is open
 */
public record Rule(
    String id,
    String version,
    String title,
    String family,
    Duration interval,
    List<Clause> raises,
    List<Clause> clears,
    boolean clearedByNewDevice,
    Set<String> inhibits) {

  /** Refuses null and copies the collections. */
  public Rule {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(family, "family");
    Objects.requireNonNull(interval, "interval");
    raises = List.copyOf(raises);
    clears = List.copyOf(clears);
    inhibits = Set.copyOf(inhibits);
  }

  /** Every signal it looks at, in the order of its clauses. */
  public Set<Metric> metrics() {
    Set<Metric> metrics = new LinkedHashSet<>();
    conditions().forEach(condition -> metrics.addAll(condition.metrics()));
    return metrics;
  }

  /**
   * How far back samples of a metric can matter, gaps included.
   *
   * @param longestInterval longest sampling interval a device may have said
   * @return zero for a metric it does not look at
   */
  public Duration reach(Metric metric, Duration longestInterval) {
    Duration longest = longestInterval.compareTo(interval) > 0 ? longestInterval : interval;
    return conditions()
        .filter(condition -> condition.metrics().contains(metric))
        .map(condition -> condition.reach(longest))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private Stream<Condition> conditions() {
    return Stream.concat(raises.stream(), clears.stream())
        .flatMap(clause -> clause.conditions().stream());
  }
}
