package dev.vigil.telemetry.aggregate;

import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.reader.LogReader;
import dev.vigil.telemetry.reading.MeasuredNumber;
import dev.vigil.telemetry.reading.PostgresReadings;
import dev.vigil.telemetry.reading.Readings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps the aggregates: samples that are newer than all others of their signal are added, with what
 * that changes of the one before; else the hours that an event touched are counted anew. What an
 * event replaced or took back is told by the version before, which the event names. Both count the
 * state of the log at the event, so it does not matter which of them counted before.
 */
public final class AggregateReader implements LogReader {

  /** The reader's name. */
  public static final String NAME = "aggregates";

  /** Key of the advisory lock that a rebuild holds alone: "vigil" in ASCII and a number. */
  static final long LOCK = (0x766967696cL << 16) + 0x100;

  /** No sample waits longer by far, while the reader keeps up. */
  public static final Duration LONGEST_PACE = Duration.ofSeconds(6);

  private final JdbcClient jdbc;
  private final Aggregation aggregation;
  private final Recount recount;
  private final Readings readings;
  private final Extension hours;
  private final Extension days;

  /** On the data source of the transactions that hold the reader's position. */
  public AggregateReader(DataSource dataSource, Aggregation aggregation) {
    this.jdbc = JdbcClient.create(dataSource);
    this.aggregation = aggregation;
    this.recount = new Recount(dataSource, aggregation);
    this.readings = new PostgresReadings(dataSource, aggregation.metrics());
    this.hours = new Extension(aggregation, AggregateTable.hours(dataSource), Step.HOUR);
    this.days = new Extension(aggregation, AggregateTable.days(dataSource), Step.DAY);
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Readings of some seconds share a row, and nobody is alarmed by an hour's mean. */
  @Override
  public Duration pace() {
    return Duration.ofSeconds(2);
  }

  /** A busy signal's hour and day are written once in that time, whatever comes meanwhile. */
  @Override
  public Duration longestPace() {
    return LONGEST_PACE;
  }

  @Override
  public int batches() {
    return 10;
  }

  @Override
  public void accept(List<LoggedEvent> events) {
    acceptAll(List.of(events));
  }

  @Override
  public void acceptAll(Iterable<List<LoggedEvent>> batches) {
    jdbc.sql("select pg_advisory_xact_lock_shared(:key)").param("key", LOCK).query(row -> {});
    countAll(batches);
  }

  /** As {@link #accept}, without waiting for a rebuild to end. */
  void count(List<LoggedEvent> events) {
    countAll(List.of(events));
  }

  private void countAll(Iterable<List<LoggedEvent>> batches) {
    Map<Signal, NavigableSet<Instant>> stale = new HashMap<>();
    Map<Signal, NavigableSet<Instant>> lessened = new HashMap<>();
    Map<Signal, List<MeasuredNumber>> added = new HashMap<>();
    Map<TenantId, Set<PatientId>> erased = new HashMap<>();
    long last = 0;
    for (List<LoggedEvent> events : batches) {
      for (LoggedEvent event : events) {
        if (event.event() instanceof ResourcesWritten written) {
          add(added, event.tenant(), written.readings());
          touchReplaced(stale, lessened, event, written);
        } else if (event.event() instanceof PersonErased gone) {
          erased.computeIfAbsent(event.tenant(), unseen -> new HashSet<>()).add(gone.patient());
        }
        last = event.sequence();
      }
    }
    added.values().forEach(samples -> samples.sort(Comparator.comparing(MeasuredNumber::at)));
    extend(added, stale);
    recount.count(stale, lessened, last);
    erased.forEach((tenant, persons) -> persons.forEach(person -> forget(tenant, person)));
  }

  private static void add(
      Map<Signal, List<MeasuredNumber>> added, TenantId tenant, List<Reading> readings) {
    for (Reading reading : readings) {
      if (reading.evaluable() && reading.value() instanceof Quantity quantity) {
        added
            .computeIfAbsent(signal(tenant, reading), key -> new ArrayList<>())
            .add(new MeasuredNumber(reading.measuredAt(), quantity.value(), quantity.unit()));
      }
    }
  }

  /**
   * Adds what can simply be added; the hours of the rest are stale, as are those of its signals.
   */
  private void extend(
      Map<Signal, List<MeasuredNumber>> added, Map<Signal, NavigableSet<Instant>> stale) {
    Map<Signal, List<MeasuredNumber>> simple = new HashMap<>(added);
    simple.keySet().removeAll(stale.keySet());
    Set<Signal> extended = hours.extend(simple);
    simple.keySet().retainAll(extended);
    added.forEach(
        (signal, samples) -> {
          if (!simple.containsKey(signal)) {
            samples.forEach(sample -> touch(stale, signal, sample.at()));
          }
        });
    Map<Signal, NavigableSet<Instant>> staleDays = new HashMap<>();
    Set<Signal> extendedDays = days.extend(simple);
    simple.forEach(
        (signal, samples) -> {
          if (!extendedDays.contains(signal)) {
            staleDays.put(signal, daysOf(signal, samples));
          }
        });
    recount.countDays(staleDays);
  }

  /** The days of the samples, and of one before that the first may have put an end to. */
  private NavigableSet<Instant> daysOf(Signal signal, List<MeasuredNumber> samples) {
    NavigableSet<Instant> begins = new TreeSet<>();
    begins.add(Step.DAY.begin(samples.get(0).at().minus(aggregation.longest(signal.metric()))));
    samples.forEach(sample -> begins.add(Step.DAY.begin(sample.at())));
    return begins;
  }

  private void forget(TenantId tenant, PatientId patient) {
    for (String table : List.of("telemetry.reading_hour", "telemetry.reading_day")) {
      jdbc.sql("delete from " + table + " where tenant_id = :tenant and patient_id = :patient")
          .param("tenant", tenant.value())
          .param("patient", patient.value())
          .update();
    }
  }

  private void touchReplaced(
      Map<Signal, NavigableSet<Instant>> stale,
      Map<Signal, NavigableSet<Instant>> lessened,
      LoggedEvent event,
      ResourcesWritten written) {
    for (Reading reading : readings.before(event.tenant(), written.changes())) {
      if (counts(reading)) {
        Signal signal = signal(event.tenant(), reading);
        touch(stale, signal, reading.measuredAt());
        lessened
            .computeIfAbsent(signal, key -> new TreeSet<>())
            .add(Step.HOUR.begin(reading.measuredAt()));
      }
    }
  }

  private static boolean counts(Reading reading) {
    return reading.value() instanceof Quantity && reading.evaluable();
  }

  private static Signal signal(TenantId tenant, Reading reading) {
    return new Signal(tenant, reading.patient(), reading.metric());
  }

  /** The hour of the sample, and those before in which one may lie that it puts an end to. */
  private void touch(Map<Signal, NavigableSet<Instant>> stale, Signal signal, Instant moment) {
    Duration longest = aggregation.longest(signal.metric());
    NavigableSet<Instant> hours = stale.computeIfAbsent(signal, key -> new TreeSet<>());
    Instant last = Step.HOUR.begin(moment);
    Instant hour = Step.HOUR.begin(moment.minus(longest));
    for (; !hour.isAfter(last); hour = Step.HOUR.next(hour)) {
      hours.add(hour);
    }
  }
}
