package dev.vigil.subscriptions.rule;

import dev.vigil.core.AlertId;
import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.core.event.Alert;
import dev.vigil.terminology.ucum.Ucum;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Judges the rules of one signal family for one patient. Pure: what it decides depends on its
 * arguments, and on what its ports answer, alone. Time is event time; the clock on the wall plays
 * no part.
 */
public final class RuleEngine {

  private final Ucum ucum;
  private final PatientContext context;

  /** Converts units and asks for context there. */
  public RuleEngine(Ucum ucum, PatientContext context) {
    this.ucum = ucum;
    this.context = context;
  }

  /**
   * What was decided and what is known now.
   *
   * @param state to keep
   * @param steps in event order, empty if nothing changed
   */
  public record Outcome(FamilyState state, List<Step> steps) {}

  /** A clause that holds at a moment. */
  private record Match(Rule rule, Tier tier, Instant onset, List<Reading> evidence) {

    /** Whether it hides what is open, or another match. */
    boolean outranks(String otherRule, Tier otherTier) {
      return rule.id().equals(otherRule)
          ? tier.compareTo(otherTier) > 0
          : rule.inhibits().contains(otherRule);
    }
  }

  /**
   * Decides every moment that the samples which just arrived may have changed.
   *
   * @param rules of one family
   * @param signals everything that may matter, what just arrived included
   * @param intervals how often the devices of the signals measure
   * @param arrived the samples of one event, of one patient; flagged ones are ignored
   * @param before what was known
   * @param inhibited ids of rules that open episodes of other families hide
   */
  public Outcome evaluate(
      TenantId tenant,
      List<Rule> rules,
      Signals signals,
      SamplingIntervals intervals,
      Collection<Reading> arrived,
      FamilyState before,
      Set<String> inhibited) {
    List<Reading> valid = arrived.stream().filter(Reading::evaluable).toList();
    if (valid.isEmpty() || rules.isEmpty()) {
      return new Outcome(before, List.of());
    }
    Lateness lateness = new Lateness(valid);
    if (lateness.earliest() == null) {
      return new Outcome(before, List.of());
    }
    return new Pass(tenant, valid.get(0).patient(), rules, signals, intervals, lateness, inhibited)
        .run(before);
  }

  /**
   * Whether a sample may be part of what raises one of some rules. A rule raises only at the moment
   * of a sample of which that is true.
   *
   * @param rules of one family
   */
  boolean mayRaise(List<Rule> rules, Reading sample) {
    for (Rule rule : rules) {
      for (Clause clause : rule.raises()) {
        for (Condition condition : clause.conditions()) {
          if (condition.metrics().contains(sample.metric())
              && Series.mayMeet(sample, condition.criterion(), ucum)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** One evaluation: keeps each signal judged by each criterion once. */
  private final class Pass {

    private final TenantId tenant;
    private final PatientId patient;
    private final List<Rule> rules;
    private final Signals signals;
    private final SamplingIntervals intervals;
    private final Lateness lateness;
    private final Set<String> inhibited;
    private final Map<Criterion, Map<Metric, Series>> judged = new HashMap<>();

    Pass(
        TenantId tenant,
        PatientId patient,
        List<Rule> rules,
        Signals signals,
        SamplingIntervals intervals,
        Lateness lateness,
        Set<String> inhibited) {
      this.tenant = tenant;
      this.patient = patient;
      this.rules = rules;
      this.signals = signals;
      this.intervals = intervals;
      this.lateness = lateness;
      this.inhibited = inhibited;
    }

    Outcome run(FamilyState before) {
      Set<Metric> metrics = new LinkedHashSet<>();
      rules.forEach(rule -> metrics.addAll(rule.metrics()));
      FamilyState state = before;
      List<Step> steps = new ArrayList<>();
      Set<Instant> raising = raisingMoments();
      for (Instant moment : signals.momentsFrom(lateness.earliest(), metrics)) {
        if (!moment.isAfter(state.decidedAt())
            || (state.open().isEmpty() && !raising.contains(moment))) {
          continue;
        }
        Optional<Step> step = decide(moment, state.open());
        if (step.isPresent()) {
          steps.add(step.get());
          state = after(moment, step.get());
        }
      }
      return new Outcome(state, steps);
    }

    /** The moments at which a sample meets what raises: at no other one a rule can. */
    private Set<Instant> raisingMoments() {
      Set<Instant> moments = new HashSet<>();
      for (Rule rule : rules) {
        for (Clause clause : rule.raises()) {
          for (Condition condition : clause.conditions()) {
            for (Metric metric : condition.metrics()) {
              judged(condition.criterion(), metric).addMet(lateness.earliest(), moments);
            }
          }
        }
      }
      return moments;
    }

    private FamilyState after(Instant moment, Step step) {
      if (step instanceof Step.Raise raise) {
        Alert alert = raise.alert();
        return new FamilyState(
            moment,
            Optional.of(
                new Episode(
                    alert.rule(), alert.tier(), alert.id(), alert.trigger().device(), moment)));
      }
      return new FamilyState(moment, Optional.empty());
    }

    private Optional<Step> decide(Instant moment, Optional<Episode> open) {
      Optional<Match> match =
          best(moment)
              .filter(
                  found -> open.isEmpty() || found.outranks(open.get().rule(), open.get().tier()));
      if (match.isPresent()) {
        return Optional.of(new Step.Raise(alert(match.get()), open));
      }
      return open.filter(episode -> cleared(episode, moment))
          .map(episode -> new Step.Clear(episode, moment));
    }

    private Optional<Match> best(Instant moment) {
      Match best = null;
      for (Rule rule : rules) {
        if (inhibited.contains(rule.id())) {
          continue;
        }
        for (Clause clause : rule.raises()) {
          Tier tier = clause.tier().orElseThrow();
          if (!lateness.decides(moment, tier) || !applies(clause, moment)) {
            continue;
          }
          Match match = raisedBy(rule, clause, moment);
          if (match != null && (best == null || ahead(match, best))) {
            best = match;
          }
        }
      }
      return Optional.ofNullable(best);
    }

    private boolean ahead(Match match, Match best) {
      if (match.outranks(best.rule().id(), best.tier())) {
        return true;
      }
      return !best.outranks(match.rule().id(), match.tier())
          && match.tier().compareTo(best.tier()) > 0;
    }

    private boolean applies(Clause clause, Instant moment) {
      return clause
          .context()
          .map(test -> test.applies(context.answer(tenant, patient, test.question(), moment)))
          .orElse(true);
    }

    /**
     * Null unless all conditions hold and a sample of this very moment is among them. The clause's
     * first condition says when it began.
     */
    private Match raisedBy(Rule rule, Clause clause, Instant moment) {
      Set<Reading> evidence = new TreeSet<>(Signals.EVENT_ORDER);
      Instant onset = null;
      for (Condition condition : clause.conditions()) {
        List<Reading> shown = List.of();
        for (Metric metric : condition.metrics()) {
          List<Reading> samples = holds(rule, condition, metric, moment);
          boolean better =
              shown.isEmpty() || (!completedAt(shown, moment) && completedAt(samples, moment));
          if (!samples.isEmpty() && better) {
            shown = samples;
          }
        }
        if (shown.isEmpty()) {
          return null;
        }
        evidence.addAll(shown);
        onset = onset == null ? shown.get(0).measuredAt() : onset;
      }
      List<Reading> ordered = List.copyOf(evidence);
      return completedAt(ordered, moment)
          ? new Match(rule, clause.tier().orElseThrow(), onset, ordered)
          : null;
    }

    private boolean completedAt(List<Reading> samples, Instant moment) {
      return !samples.isEmpty() && samples.get(samples.size() - 1).measuredAt().equals(moment);
    }

    private boolean cleared(Episode episode, Instant moment) {
      if (!lateness.decides(moment, episode.tier())) {
        return false;
      }
      Optional<Rule> rule =
          rules.stream().filter(candidate -> candidate.id().equals(episode.rule())).findFirst();
      if (rule.isEmpty()) {
        // The rule was retired while its episode was open: nothing could ever end it.
        return true;
      }
      if (rule.get().clearedByNewDevice()) {
        return measuredByAnother(rule.get(), episode, moment);
      }
      return rule.get().clears().stream()
          .anyMatch(clause -> applies(clause, moment) && clears(rule.get(), clause, moment));
    }

    private boolean measuredByAnother(Rule rule, Episode episode, Instant moment) {
      return rule.metrics().stream()
          .flatMap(metric -> signals.of(metric).stream())
          .anyMatch(
              sample ->
                  sample.measuredAt().equals(moment) && !sample.device().equals(episode.device()));
    }

    private boolean clears(Rule rule, Clause clause, Instant moment) {
      for (Condition condition : clause.conditions()) {
        boolean seen = false;
        for (Metric metric : condition.metrics()) {
          if (present(rule, condition, metric, moment)) {
            seen = true;
            if (holds(rule, condition, metric, moment).isEmpty()) {
              return false;
            }
          }
        }
        if (!seen) {
          return false;
        }
      }
      return true;
    }

    /** A device that measures seldom is still there after the time the rule expects by default. */
    private boolean present(Rule rule, Condition condition, Metric metric, Instant moment) {
      Series series = judged(condition.criterion(), metric);
      int newest = series.newestAt(moment);
      if (newest < 0) {
        return false;
      }
      Duration own = interval(rule, condition, metric, series.sample(newest));
      Duration longer = own.compareTo(rule.interval()) > 0 ? own : rule.interval();
      return series.age(newest, moment).compareTo(condition.reach(longer)) <= 0;
    }

    private List<Reading> holds(Rule rule, Condition condition, Metric metric, Instant moment) {
      Series series = judged(condition.criterion(), metric);
      int newest = series.newestAt(moment);
      if (newest < 0) {
        return List.of();
      }
      Duration interval = interval(rule, condition, metric, series.sample(newest));
      return ConditionCheck.holds(condition, series, moment, interval);
    }

    /** Samples that are counted come whenever they come: only a duration needs an interval. */
    private Duration interval(Rule rule, Condition condition, Metric metric, Reading newest) {
      return condition.persistence() instanceof Persistence.Sustained
          ? intervals.of(tenant, newest.device(), metric, rule.interval())
          : rule.interval();
    }

    private Series judged(Criterion criterion, Metric metric) {
      return judged
          .computeIfAbsent(criterion, unseen -> new HashMap<>())
          .computeIfAbsent(metric, unseen -> Series.of(signals.of(metric), criterion, ucum));
    }

    private Alert alert(Match match) {
      List<Reading> evidence = match.evidence();
      Reading trigger = evidence.get(evidence.size() - 1);
      return new Alert(
          idOf(match, trigger),
          match.rule().id(),
          match.rule().version(),
          match.tier(),
          match.rule().family(),
          match.rule().title(),
          match.onset(),
          trigger.measuredAt(),
          evidence);
    }

    /** The same finding has the same id on every replay: no chance, no clock. */
    private AlertId idOf(Match match, Reading trigger) {
      String name =
          String.join(
              "\n",
              tenant.value(),
              patient.value(),
              match.rule().id(),
              match.tier().name(),
              trigger.observation().value(),
              trigger.metric().id(),
              match.onset().toString());
      byte[] hash = sha256(name);
      // Version 8 (own scheme) and variant bits of RFC 9562.
      hash[6] = (byte) (hash[6] & 0x0f | 0x80);
      hash[8] = (byte) (hash[8] & 0x3f | 0x80);
      long high = 0;
      long low = 0;
      for (int i = 0; i < 8; i++) {
        high = high << 8 | hash[i] & 0xff;
        low = low << 8 | hash[i + 8] & 0xff;
      }
      return new AlertId(new UUID(high, low).toString());
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
