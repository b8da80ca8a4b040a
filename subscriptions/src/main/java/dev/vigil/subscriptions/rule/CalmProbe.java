package dev.vigil.subscriptions.rule;

import dev.vigil.core.Reading;
import dev.vigil.subscriptions.rule.Question.Subject;
import dev.vigil.telemetry.reading.KnownReading;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.telemetry.reading.SignalStretch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out about families of which nothing is known whether any sample may raise. */
final class CalmProbe {

  /** A valid sample is at most a little ahead of our clock. */
  private static final Duration AHEAD = Duration.ofDays(1);

  /** Readings that are held at once; those of a single family may be more. */
  private static final int MOST_READINGS = 100_000;

  private static final int MOST_FAMILIES = 128;

  private final Readings readings;
  private final RuleEngine engine;
  private final CalmSignals calm;

  CalmProbe(Readings readings, RuleEngine engine, CalmSignals calm) {
    this.readings = readings;
    this.engine = engine;
    this.calm = calm;
  }

  /** What has to be read of a family: whatever may still be decided when its first sample came. */
  private record Probe(Question any, Instant first, Instant last) {

    Probe with(Question question) {
      return new Probe(
          any,
          question.first().isBefore(first) ? question.first() : first,
          question.last().isAfter(last) ? question.last() : last);
    }

    Instant begin() {
      return first.minus(Lateness.LONGEST);
    }

    List<SignalStretch> stretches() {
      return any.stretches(metric -> begin(), last.plus(AHEAD));
    }
  }

  /**
   * Looks at the readings that the log had told by the last event; samples of these events are
   * noted as well.
   *
   * @param questions those of a family that is known already are left out
   * @param raising the last sample of each family that may raise, of those these events brought
   * @param first sequence of the first event
   * @param last sequence of the last event
   * @return whether there were any
   */
  boolean ask(List<Question> questions, Map<Subject, Instant> raising, long first, long last) {
    Map<Subject, Probe> unknown = new LinkedHashMap<>();
    for (Question question : questions) {
      if (calm.unknown(question.subject())) {
        unknown.merge(
            question.subject(),
            new Probe(question, question.first(), question.last()),
            (probe, same) -> probe.with(question));
      }
    }
    List<Probe> probes = new ArrayList<>(unknown.values());
    int most = MOST_FAMILIES;
    for (int from = 0; from < probes.size(); ) {
      List<Probe> some = probes.subList(from, Math.min(probes.size(), from + most));
      List<SignalStretch> stretches = new ArrayList<>();
      some.forEach(probe -> stretches.addAll(probe.stretches()));
      Optional<List<List<KnownReading>>> found =
          readings.windows(
              stretches, first, last, some.size() == 1 ? Integer.MAX_VALUE : MOST_READINGS);
      if (found.isEmpty()) {
        most = some.size() / 2;
        continue;
      }
      int n = 0;
      for (Probe probe : some) {
        int signals = probe.any().metrics().size();
        learn(probe, found.get().subList(n, n + signals), raising.get(probe.any().subject()));
        n += signals;
      }
      from += some.size();
    }
    return !probes.isEmpty();
  }

  private void learn(Probe probe, List<List<KnownReading>> found, Instant raising) {
    Instant last = probe.begin().minusNanos(1);
    last = raising != null && raising.isAfter(last) ? raising : last;
    for (List<KnownReading> signal : found) {
      for (KnownReading known : signal) {
        Reading sample = known.reading();
        if (sample.evaluable()
            && sample.measuredAt().isAfter(last)
            && engine.mayRaise(probe.any().judging(), sample)) {
          last = sample.measuredAt();
        }
      }
    }
    calm.learn(probe.any().subject(), last);
  }
}
