package dev.vigil.subscriptions.rule;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.subscriptions.LogDriver;
import dev.vigil.subscriptions.rule.Question.Subject;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.reader.LogReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the rules decide, written as plainly as it can be: reads everything that may matter again
 * for each family of each patient of each event, and keeps nothing in memory. Right only while it
 * keeps up with the log, since it does not see what was corrected or deleted after an event.
 */
final class OneByOneRules implements LogReader {

  private static final Duration FAR = Duration.ofDays(3);

  private final LogDriver on;
  private final RuleEngine engine;
  private final SamplingIntervals intervals;
  private final RuleSet rules;
  private final EpisodeTable episodes;
  private final EpisodeSteps steps;

  OneByOneRules(LogDriver on, RuleSet rules, RuleEngine engine, SamplingIntervals intervals) {
    this.on = on;
    this.engine = engine;
    this.intervals = new KnownIntervals(intervals);
    this.rules = rules;
    this.episodes = new EpisodeTable(on.jdbc);
    this.steps = new EpisodeSteps(on.desk);
  }

  @Override
  public String name() {
    return "rules";
  }

  @Override
  public void accept(List<LoggedEvent> events) {
    for (LoggedEvent event : events) {
      if (event.event() instanceof ResourcesWritten written) {
        written.readings().stream()
            .filter(Reading::evaluable)
            .collect(Collectors.groupingBy(Reading::patient))
            .forEach((patient, arrived) -> judge(event, patient, arrived));
      } else if (event.event() instanceof PersonErased erased) {
        episodes.forget(event.tenant(), erased.patient());
        on.desk.forget(event.tenant(), erased.patient());
      }
    }
  }

  private void judge(LoggedEvent event, PatientId patient, List<Reading> arrived) {
    TenantId tenant = event.tenant();
    Person person = new Person(tenant, patient);
    for (String family : rules.familiesOf(arrived.stream().map(Reading::metric).toList())) {
      Set<Metric> metrics = rules.metrics(family);
      List<Reading> its =
          arrived.stream().filter(reading -> metrics.contains(reading.metric())).toList();
      Map<String, FamilyState> states = episodes.states(Set.of(person)).get(person);
      Set<String> hidden = new HashSet<>();
      states.forEach(
          (other, state) ->
              state
                  .open()
                  .filter(open -> !other.equals(family))
                  .ifPresent(open -> hidden.addAll(rules.inhibitedBy(open.rule()))));
      RuleEngine.Outcome outcome =
          engine.evaluate(
              tenant,
              rules.family(family),
              Signals.of(known(tenant, patient, metrics, its.get(0).measuredAt(), event)),
              intervals,
              its,
              states.getOrDefault(family, FamilyState.NONE),
              hidden);
      if (!outcome.steps().isEmpty()) {
        episodes.save(new Subject(person, family), steps.take(event, outcome));
      }
    }
  }

  private List<Reading> known(
      TenantId tenant, PatientId patient, Set<Metric> metrics, Instant around, LoggedEvent event) {
    List<Reading> known = new ArrayList<>();
    for (Metric metric : metrics) {
      known.addAll(
          on.readings.window(
              tenant, patient, metric, around.minus(FAR), around.plus(FAR), event.sequence()));
    }
    return known;
  }
}
