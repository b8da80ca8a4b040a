package dev.vigil.subscriptions.rule;

import dev.vigil.core.Metric;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.subscriptions.rule.Question.Subject;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.reading.Readings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Judges the readings of some events, each as if it had come alone. Only what may raise or clear
 * asks for windows, and these are read for many events in one statement.
 */
final class Judgement {

  /** Readings that are held for some questions at once; a single question may need more. */
  private static final int MOST_READINGS = 100_000;

  private static final int MOST_QUESTIONS = 1_024;

  private final Readings readings;
  private final RuleEngine engine;
  private final EpisodeSteps steps;
  private final EpisodeTable episodes;
  private final CalmSignals calm;
  private final CalmProbe probe;
  private final Function<TenantId, RuleSet> rules;

  /** How many questions are likely to fit together, by those before. */
  private int most = MOST_QUESTIONS;

  /**
   * Wires the parts.
   *
   * @param rules of a tenant as they are now
   */
  Judgement(
      Readings readings,
      RuleEngine engine,
      EpisodeSteps steps,
      EpisodeTable episodes,
      CalmSignals calm,
      Function<TenantId, RuleSet> rules) {
    this.readings = readings;
    this.engine = engine;
    this.steps = steps;
    this.episodes = episodes;
    this.calm = calm;
    this.probe = new CalmProbe(readings, engine, calm);
    this.rules = rules;
  }

  /**
   * Judges in the order of the log.
   *
   * @param events of readings, in order, under the same rules
   */
  void judge(List<LoggedEvent> events, SamplingIntervals known) {
    List<Question> questions = new ArrayList<>();
    events.forEach(event -> ask(event, questions));
    if (questions.isEmpty()) {
      return;
    }
    Set<Person> people = new HashSet<>();
    questions.forEach(question -> people.add(question.subject().person()));
    Map<Person, Map<String, FamilyState>> states = episodes.states(people);
    Map<Subject, Instant> raising = note(questions);
    long first = events.get(0).sequence();
    long last = events.get(events.size() - 1).sequence();
    List<Question> open = open(questions, states);
    if (probe.ask(open, raising, first, last)) {
      open = open(questions, states);
    }
    for (int from = 0; from < open.size(); ) {
      List<Question> some = open.subList(from, Math.min(open.size(), from + most));
      Windows windows = new Windows(readings, known, last);
      if (windows.load(some, some.size() == 1 ? Integer.MAX_VALUE : MOST_READINGS)) {
        some.forEach(question -> decide(question, windows.signals(question), known, states));
        from += some.size();
        if (windows.size() < MOST_READINGS / 4) {
          most = Math.min(MOST_QUESTIONS, most * 2);
        }
      } else {
        most = some.size() / 2;
      }
    }
  }

  private void ask(LoggedEvent event, List<Question> questions) {
    Map<Person, List<Reading>> arrived = new LinkedHashMap<>();
    for (Reading reading : ((ResourcesWritten) event.event()).readings()) {
      if (reading.evaluable()) {
        arrived
            .computeIfAbsent(
                new Person(event.tenant(), reading.patient()), unseen -> new ArrayList<>())
            .add(reading);
      }
    }
    if (arrived.isEmpty()) {
      return;
    }
    RuleSet set = rules.apply(event.tenant());
    arrived.forEach(
        (person, samples) -> {
          for (String family :
              set.familiesOf(samples.stream().map(Reading::metric).distinct().toList())) {
            Set<Metric> metrics = set.metrics(family);
            questions.add(
                new Question(
                    event,
                    new Subject(person, family),
                    set,
                    samples.stream()
                        .filter(reading -> metrics.contains(reading.metric()))
                        .toList()));
          }
        });
  }

  /** The last sample of each family that may raise, if one does. */
  private Map<Subject, Instant> note(List<Question> questions) {
    Map<Subject, Instant> raising = new HashMap<>();
    for (Question question : questions) {
      for (Reading sample : question.arrived()) {
        if (engine.mayRaise(question.judging(), sample)) {
          raising.merge(question.subject(), sample.measuredAt(), Judgement::later);
        }
      }
    }
    raising.forEach(calm::note);
    return raising;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isBefore(other) ? other : one;
  }

  /**
   * The questions that may have another answer than that nothing changes, in order. What follows
   * one of these may clear what it raises.
   */
  private List<Question> open(
      List<Question> questions, Map<Person, Map<String, FamilyState>> states) {
    Set<Subject> stirred = new HashSet<>();
    List<Question> open = new ArrayList<>();
    for (Question question : questions) {
      Subject subject = question.subject();
      Instant earliest = new Lateness(question.arrived()).earliest();
      if (earliest != null
          && (stirred.contains(subject)
              || state(states, subject).open().isPresent()
              || !calm.from(subject, earliest))) {
        stirred.add(subject);
        open.add(question);
      }
    }
    return open;
  }

  private void decide(
      Question question,
      Signals signals,
      SamplingIntervals known,
      Map<Person, Map<String, FamilyState>> states) {
    Subject subject = question.subject();
    RuleEngine.Outcome outcome =
        engine.evaluate(
            question.tenant(),
            question.judging(),
            signals,
            known,
            question.arrived(),
            state(states, subject),
            hidden(question.rules(), states.get(subject.person()), subject.family()));
    if (!outcome.steps().isEmpty()) {
      FamilyState after = steps.take(question.event(), outcome);
      states.get(subject.person()).put(subject.family(), after);
      episodes.save(subject, after);
    }
  }

  /** Ids of rules that open episodes of other families hide. */
  private static Set<String> hidden(RuleSet set, Map<String, FamilyState> states, String family) {
    Set<String> hidden = new HashSet<>();
    states.forEach(
        (other, state) -> {
          if (!other.equals(family)) {
            state.open().ifPresent(open -> hidden.addAll(set.inhibitedBy(open.rule())));
          }
        });
    return hidden;
  }

  private static FamilyState state(Map<Person, Map<String, FamilyState>> states, Subject subject) {
    return states.get(subject.person()).getOrDefault(subject.family(), FamilyState.NONE);
  }
}
