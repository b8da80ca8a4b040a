package dev.vigil.subscriptions.rule;

import dev.vigil.core.AlertId;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.subscriptions.alert.AlertDesk;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.reader.LogReader;
import dev.vigil.telemetry.reading.Readings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Follows the log and judges what it tells. What it decides depends on the log up to the event, and
 * on the rules and sampling intervals as they are known then: with the same ones a replay decides
 * the same. State, alerts and events are written in the transaction that moves the reader's
 * position.
 *
 * <p>A change of any PlanDefinition reloads the tenant's rules, and counts from the event that
 * tells about it. Open episodes carry over: the new version of their rule decides when they clear.
 */
public final class RuleReader implements LogReader {

  private static final Logger log = LoggerFactory.getLogger(RuleReader.class);

  /**
   * Windows are loaded for devices that measure so seldom; for longer intervals once such a device
   * is seen in one.
   */
  private static final Duration USUAL_INTERVAL = Duration.ofMinutes(15);

  private final Readings readings;
  private final RuleSource source;
  private final RuleCompiler compiler;
  private final RuleEngine engine;
  private final SamplingIntervals intervals;
  private final AlertDesk desk;
  private final EpisodeTable episodes;
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
    this.readings = readings;
    this.source = source;
    this.compiler = compiler;
    this.engine = engine;
    this.intervals = intervals;
    this.desk = desk;
    this.episodes = new EpisodeTable(jdbc);
  }

  @Override
  public String name() {
    return "rules";
  }

  @Override
  public void accept(List<LoggedEvent> events) {
    SamplingIntervals known = new KnownIntervals(intervals);
    for (LoggedEvent event : events) {
      if (event.event() instanceof ResourcesWritten written) {
        if (written.changes().stream().anyMatch(change -> change.type().equals("PlanDefinition"))) {
          // A shared rule may be anybody's.
          rules.clear();
        }
        judge(event, known, written.readings());
      } else if (event.event() instanceof PersonErased erased) {
        episodes.forget(event.tenant(), erased.patient());
        desk.forget(event.tenant(), erased.patient());
      }
    }
  }

  private void judge(LoggedEvent event, SamplingIntervals known, List<Reading> arrived) {
    Map<PatientId, List<Reading>> byPatient = new LinkedHashMap<>();
    arrived.stream()
        .filter(Reading::evaluable)
        .forEach(
            reading ->
                byPatient
                    .computeIfAbsent(reading.patient(), unseen -> new ArrayList<>())
                    .add(reading));
    byPatient.forEach((patient, samples) -> judge(event, known, patient, samples));
  }

  private void judge(
      LoggedEvent event, SamplingIntervals known, PatientId patient, List<Reading> arrived) {
    TenantId tenant = event.tenant();
    RuleSet set = rules.computeIfAbsent(tenant, this::load);
    List<String> families =
        set.familiesOf(arrived.stream().map(Reading::metric).distinct().toList());
    if (families.isEmpty()) {
      return;
    }
    Map<String, FamilyState> states = episodes.states(tenant, patient);
    for (String family : families) {
      Set<Metric> metrics = set.metrics(family);
      List<Reading> relevant =
          arrived.stream().filter(reading -> metrics.contains(reading.metric())).toList();
      FamilyState before = states.getOrDefault(family, FamilyState.NONE);
      RuleEngine.Outcome outcome =
          engine.evaluate(
              tenant,
              set.family(family),
              signals(event, known, patient, set, family, relevant),
              known,
              relevant,
              before,
              inhibited(set, states, family));
      if (!outcome.steps().isEmpty()) {
        FamilyState after = apply(event, outcome);
        states.put(family, after);
        episodes.save(tenant, patient, family, after);
      }
    }
  }

  /** Loads again, over longer windows, when a device in them measures more seldom than reckoned. */
  private Signals signals(
      LoggedEvent event,
      SamplingIntervals known,
      PatientId patient,
      RuleSet set,
      String family,
      List<Reading> arrived) {
    List<Rule> judging = set.family(family);
    Duration interval = longest(event.tenant(), known, judging, arrived);
    while (true) {
      List<Reading> window = window(event, patient, set, family, arrived, interval);
      Duration longest = longest(event.tenant(), known, judging, window);
      if (longest.compareTo(interval) <= 0) {
        return Signals.of(window);
      }
      interval = longest;
    }
  }

  private List<Reading> window(
      LoggedEvent event,
      PatientId patient,
      RuleSet set,
      String family,
      List<Reading> arrived,
      Duration interval) {
    Set<Metric> metrics = set.metrics(family);
    Duration farthest =
        metrics.stream()
            .map(metric -> set.reach(family, metric, interval))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    Instant first = arrived.stream().map(Reading::measuredAt).min(Instant::compareTo).orElseThrow();
    Instant last = arrived.stream().map(Reading::measuredAt).max(Instant::compareTo).orElseThrow();
    List<Reading> window = new ArrayList<>();
    for (Metric metric : metrics) {
      window.addAll(
          readings.window(
              event.tenant(),
              patient,
              metric,
              first.minus(set.reach(family, metric, interval)),
              last.plus(farthest),
              event.sequence()));
    }
    return window;
  }

  /** The longest interval of the samples' devices, at least the usual one. */
  private static Duration longest(
      TenantId tenant, SamplingIntervals known, List<Rule> judging, List<Reading> samples) {
    Map<Metric, Set<DeviceId>> devices = new HashMap<>();
    samples.forEach(
        sample ->
            devices
                .computeIfAbsent(sample.metric(), unseen -> new HashSet<>())
                .add(sample.device()));
    Duration longest = USUAL_INTERVAL;
    for (Rule rule : judging) {
      for (Metric metric : rule.interval().isZero() ? Set.<Metric>of() : rule.metrics()) {
        for (DeviceId device : devices.getOrDefault(metric, Set.of())) {
          Duration interval = known.of(tenant, device, metric, rule.interval());
          longest = interval.compareTo(longest) > 0 ? interval : longest;
        }
      }
    }
    return longest;
  }

  private static Set<String> inhibited(
      RuleSet set, Map<String, FamilyState> states, String family) {
    Set<String> hidden = new HashSet<>();
    states.forEach(
        (other, state) -> {
          if (!other.equals(family)) {
            state.open().ifPresent(open -> hidden.addAll(set.inhibitedBy(open.rule())));
          }
        });
    return hidden;
  }

  /** Hands each step to the desk; the state then names the alert that is really active. */
  private FamilyState apply(LoggedEvent event, RuleEngine.Outcome outcome) {
    TenantId tenant = event.tenant();
    Map<AlertId, AlertId> active = new HashMap<>();
    for (Step step : outcome.steps()) {
      if (step instanceof Step.Raise raise) {
        raise
            .replaced()
            .ifPresent(
                lower ->
                    desk.replace(
                        tenant,
                        active.getOrDefault(lower.alert(), lower.alert()),
                        raise.alert().rule(),
                        event.recordedAt()));
        active.put(raise.alert().id(), desk.raise(tenant, raise.alert(), event.recordedAt()));
        log.info(
            "alert raised rule={} tier={} sequence={}",
            raise.alert().rule(),
            raise.alert().tier(),
            event.sequence());
      } else if (step instanceof Step.Clear clear) {
        AlertId alert = clear.episode().alert();
        desk.clear(
            tenant, active.getOrDefault(alert, alert), clear.clearedAt(), event.recordedAt());
      }
    }
    FamilyState state = outcome.state();
    return new FamilyState(
        state.decidedAt(),
        state
            .open()
            .map(
                open ->
                    new Episode(
                        open.rule(),
                        open.tier(),
                        active.getOrDefault(open.alert(), open.alert()),
                        open.device(),
                        open.raisedAt())));
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
