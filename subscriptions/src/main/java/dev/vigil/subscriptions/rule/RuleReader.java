package dev.vigil.subscriptions.rule;

import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.subscriptions.alert.AlertDesk;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.reader.LogReader;
import dev.vigil.telemetry.reading.Readings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Follows the log and judges what it tells. What it decides depends on the log up to the event, and
 * on the rules and sampling intervals as they are known then: with the same ones a replay decides
 * the same, however many events it takes at once. State, alerts and events are written in the
 * transaction that moves the reader's position.
 *
 * <p>A change of any PlanDefinition reloads the tenant's rules, and counts from the event that
 * tells about it. Open episodes carry over: the new version of their rule decides when they clear.
 */
public final class RuleReader implements LogReader {

  private static final Logger log = LoggerFactory.getLogger(RuleReader.class);

  private static final Duration PACE = Duration.ofMillis(25);

  private final RuleSource source;
  private final RuleCompiler compiler;
  private final SamplingIntervals intervals;
  private final AlertDesk desk;
  private final EpisodeTable episodes;
  private final Judgement judgement;
  private final CalmSignals calm = new CalmSignals();
  private final Map<TenantId, RuleSet> rules = new HashMap<>();

  /**
   * Wires the parts.
   *
   * @param intervals asked once a batch and device, in the transaction of the reader's runner
   * @param jdbc joins the transaction of the reader's runner
   */
  public RuleReader(
      Readings readings,
      RuleSource source,
      RuleCompiler compiler,
      RuleEngine engine,
      SamplingIntervals intervals,
      AlertDesk desk,
      NamedParameterJdbcTemplate jdbc) {
    this.source = source;
    this.compiler = compiler;
    this.intervals = intervals;
    this.desk = desk;
    this.episodes = new EpisodeTable(jdbc);
    this.judgement =
        new Judgement(readings, engine, new EpisodeSteps(desk), episodes, calm, this::rules);
  }

  @Override
  public String name() {
    return "rules";
  }

  /** Events of so short a time share what is asked about patients; an alert waits no longer. */
  @Override
  public Duration pace() {
    return PACE;
  }

  /** Judges in stretches that neither a change of rules nor an erasure falls into. */
  @Override
  public void accept(List<LoggedEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    calm.begin(events.get(0).sequence());
    SamplingIntervals known = new KnownIntervals(intervals);
    List<LoggedEvent> together = new ArrayList<>();
    for (LoggedEvent event : events) {
      if (event.event() instanceof ResourcesWritten written) {
        if (changesRules(written)) {
          judgement.judge(together, known);
          together.clear();
          // A shared rule may be anybody's.
          rules.clear();
          calm.clear();
        }
        together.add(event);
      } else if (event.event() instanceof PersonErased erased) {
        judgement.judge(together, known);
        together.clear();
        episodes.forget(event.tenant(), erased.patient());
        desk.forget(event.tenant(), erased.patient());
        calm.forget(new Person(event.tenant(), erased.patient()));
      }
    }
    judgement.judge(together, known);
    calm.followed(events.get(events.size() - 1).sequence());
  }

  private static boolean changesRules(ResourcesWritten written) {
    return written.changes().stream().anyMatch(change -> change.type().equals("PlanDefinition"));
  }

  private RuleSet rules(TenantId tenant) {
    return rules.computeIfAbsent(tenant, this::load);
  }

  private RuleSet load(TenantId tenant) {
    List<Rule> compiled = new ArrayList<>();
    for (PlanDefinition plan : source.active(tenant)) {
      if (RuleCompiler.isRule(plan)) {
        compile(plan).ifPresent(compiled::add);
      }
    }
    log.info("rules loaded tenant={} count={}", tenant, compiled.size());
    return new RuleSet(compiled);
  }

  private Optional<Rule> compile(PlanDefinition plan) {
    try {
      return Optional.of(compiler.compile(plan));
    } catch (ProblemException e) {
      log.error("rule does not load url={} problems={}", plan.getUrl(), e.problems());
      return Optional.empty();
    }
  }
}
