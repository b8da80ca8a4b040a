package dev.vigil.subscriptions.rule;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.subscriptions.rule.Question.Subject;
import dev.vigil.telemetry.reading.KnownReading;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.telemetry.reading.SignalStretch;
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

/**
 * The readings that some questions may have to look at, read together. Each question sees what the
 * log had told by its event and no more than it would have read alone.
 */
final class Windows {

  /**
   * Windows are loaded for devices that measure so seldom; for longer intervals once such a device
   * is seen in one.
   */
  private static final Duration USUAL_INTERVAL = Duration.ofMinutes(15);

  private final Readings readings;
  private final SamplingIntervals known;
  private final long last;
  private final Map<Subject, Span> spans = new LinkedHashMap<>();

  /**
   * Nothing yet.
   *
   * @param known how often devices measure
   * @param last sequence of the last event that may be asked about
   */
  Windows(Readings readings, SamplingIntervals known, long last) {
    this.readings = readings;
    this.known = known;
    this.last = last;
  }

  /** What the questions about one family have to see. */
  private final class Span {

    private final Question any;
    private Instant first;
    private Instant end;
    private Duration interval;
    private List<KnownReading> found = List.of();

    Span(Question question) {
      this.any = question;
      this.first = question.first();
      this.end = question.last();
      this.interval = longest(question, question.arrived());
    }

    void add(Question question) {
      first = question.first().isBefore(first) ? question.first() : first;
      end = question.last().isAfter(end) ? question.last() : end;
      Duration longest = longest(question, question.arrived());
      interval = longest.compareTo(interval) > 0 ? longest : interval;
    }

    List<SignalStretch> stretches() {
      Reach reach = new Reach(any, interval);
      Instant to = end.plus(reach.farthest());
      return any.stretches(metric -> first.minus(reach.of(metric)), to);
    }

    int signals() {
      return any.metrics().size();
    }
  }

  /** How far back each signal of a family matters. */
  private static final class Reach {

    private final Map<Metric, Duration> reaches = new HashMap<>();

    Reach(Question question, Duration interval) {
      String family = question.subject().family();
      for (Metric metric : question.metrics()) {
        reaches.put(metric, question.rules().reach(family, metric, interval));
      }
    }

    Duration of(Metric metric) {
      return reaches.get(metric);
    }

    Duration farthest() {
      return reaches.values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    }
  }

  /**
   * Reads, once more over longer windows where a device in them measures more seldom than reckoned.
   *
   * @param most readings to hold
   * @return false if there are more; then nothing can be asked
   */
  boolean load(List<Question> questions, int most) {
    for (Question question : questions) {
      Span span = spans.get(question.subject());
      if (span == null) {
        spans.put(question.subject(), new Span(question));
      } else {
        span.add(question);
      }
    }
    long first = questions.get(0).event().sequence();
    List<Span> asked = new ArrayList<>(spans.values());
    while (!asked.isEmpty()) {
      if (!read(asked, first, most)) {
        return false;
      }
      asked.removeIf(
          span -> {
            Duration before = span.interval;
            Duration longest = longest(span.any, all(span));
            span.interval = longest.compareTo(before) > 0 ? longest : before;
            return span.interval.equals(before);
          });
    }
    return size() <= most;
  }

  /** How many readings are held. */
  long size() {
    return spans.values().stream().mapToLong(span -> span.found.size()).sum();
  }

  private boolean read(List<Span> asked, long first, int most) {
    List<SignalStretch> stretches = new ArrayList<>();
    asked.forEach(span -> stretches.addAll(span.stretches()));
    Optional<List<List<KnownReading>>> found = readings.windows(stretches, first, last, most);
    if (found.isEmpty()) {
      return false;
    }
    int n = 0;
    for (Span span : asked) {
      List<KnownReading> its = new ArrayList<>();
      for (int i = span.signals(); i > 0; i--) {
        its.addAll(found.get().get(n++));
      }
      span.found = its;
    }
    return true;
  }

  private static List<Reading> all(Span span) {
    return span.found.stream().map(KnownReading::reading).toList();
  }

  /** What a question has to look at. */
  Signals signals(Question question) {
    List<KnownReading> found = spans.get(question.subject()).found;
    Duration interval = longest(question, question.arrived());
    while (true) {
      List<Reading> window = window(question, found, interval);
      Duration longest = longest(question, window);
      if (longest.compareTo(interval) <= 0) {
        return Signals.of(window);
      }
      interval = longest;
    }
  }

  private static List<Reading> window(
      Question question, List<KnownReading> found, Duration interval) {
    Reach reach = new Reach(question, interval);
    Map<Metric, Instant> from = new HashMap<>();
    reach.reaches.forEach((metric, back) -> from.put(metric, question.first().minus(back)));
    Instant to = question.last().plus(reach.farthest());
    long event = question.event().sequence();
    List<Reading> window = new ArrayList<>();
    for (KnownReading one : found) {
      Instant at = one.reading().measuredAt();
      if (one.knownAt(event) && !at.isAfter(to) && !at.isBefore(from.get(one.reading().metric()))) {
        window.add(one.reading());
      }
    }
    return window;
  }

  /** The longest interval of the samples' devices, at least the usual one. */
  private Duration longest(Question question, List<Reading> samples) {
    Map<Metric, Set<DeviceId>> devices = new HashMap<>();
    samples.forEach(
        sample ->
            devices
                .computeIfAbsent(sample.metric(), unseen -> new HashSet<>())
                .add(sample.device()));
    TenantId tenant = question.tenant();
    Duration longest = USUAL_INTERVAL;
    for (Rule rule : question.judging()) {
      for (Metric metric : rule.interval().isZero() ? Set.<Metric>of() : rule.metrics()) {
        for (DeviceId device : devices.getOrDefault(metric, Set.of())) {
          Duration interval = known.of(tenant, device, metric, rule.interval());
          longest = interval.compareTo(longest) > 0 ? interval : longest;
        }
      }
    }
    return longest;
  }
}
