package dev.vigil.telemetry.reading;

import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationRows;
import dev.vigil.telemetry.reading.SignalTable.Newest;
import dev.vigil.telemetry.reading.SignalTable.Signal;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Readings out of {@code telemetry.observation}; {@code telemetry.signal} points at the newest one
 * of each patient, metric and device. Times are those of the rows, to the microsecond; numbers have
 * the digits they came with.
 *
 * <p>A reading flagged {@link SignalQuality#FUTURE} is in windows but never the newest: its time is
 * wrong, and it would hide every later sample until that time has come.
 */
public final class PostgresReadings implements Readings {

  /** How far back an older reading is looked for, one after the other, before all time. */
  private static final List<Duration> BACK =
      List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(14), Duration.ofDays(90));

  private final JdbcClient jdbc;
  private final ObservationRows rows;
  private final ReadingRows readings;
  private final FoundReadings found;
  private final SignalTable signals;

  /**
   * On the data source of the transactions that write Observations.
   *
   * @param catalog for Observations whose shape does not tell what they measure
   */
  public PostgresReadings(DataSource dataSource, MetricCatalog catalog) {
    this.jdbc = JdbcClient.create(dataSource);
    this.rows = new ObservationRows(dataSource);
    this.readings = new ReadingRows(dataSource, rows, catalog);
    this.found = new FoundReadings(jdbc, rows);
    this.signals = new SignalTable(jdbc);
  }

  @Override
  public void follow(List<Told> told) {
    Map<TenantId, List<ResourceChange>> changes = new LinkedHashMap<>();
    told.forEach(
        one ->
            changes
                .computeIfAbsent(one.tenant(), unseen -> new ArrayList<>())
                .addAll(one.written().changes()));
    changes.forEach(this::moveBack);
    Map<Signal, Newest> newest = new LinkedHashMap<>();
    told.forEach(one -> newest(newest, one));
    signals.advance(newest.values());
  }

  private static void newest(Map<Signal, Newest> newest, Told told) {
    Map<ObservationId, Integer> ordinals = new HashMap<>();
    for (Reading reading : told.written().readings()) {
      int ordinal = ordinals.merge(reading.observation(), 1, Integer::sum) - 1;
      if (!reading.quality().contains(SignalQuality.FUTURE)) {
        keepNewer(newest, newest(told.tenant(), reading, ordinal, told.sequence()));
      }
    }
  }

  private static void keepNewer(Map<Signal, Newest> newest, Newest candidate) {
    newest.merge(
        candidate.signal(),
        candidate,
        (one, other) -> Newest.ORDER.compare(one, other) < 0 ? other : one);
  }

  private static Newest newest(TenantId tenant, Reading reading, int ordinal, long sequence) {
    return new Newest(
        new Signal(tenant, reading.patient(), reading.metric(), reading.device()),
        reading.measuredAt(),
        reading.observation(),
        ordinal,
        sequence);
  }

  private void moveBack(TenantId tenant, List<ResourceChange> changes) {
    List<FoundReading> gone = replaced(tenant, changes);
    List<Newest> lost = signals.remove(newest(tenant, gone));
    List<Newest> older = new ArrayList<>();
    lost.forEach(newest -> older(newest).ifPresent(older::add));
    signals.advance(older);
  }

  private Collection<Newest> newest(TenantId tenant, List<FoundReading> some) {
    List<Reading> all = found.readings(tenant, some);
    List<Newest> newest = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      newest.add(newest(tenant, all.get(i), some.get(i).ordinal(), some.get(i).row().sequence()));
    }
    return newest;
  }

  /** The newest reading of a signal not later than the one it had. */
  private Optional<Newest> older(Newest lost) {
    Instant to = lost.measuredAt();
    for (Duration back : BACK) {
      Instant from = lost.measuredAt().minus(back);
      Optional<Newest> newest = newestOf(lost.signal(), from, to);
      if (newest.isPresent()) {
        return newest;
      }
      to = from;
    }
    return newestOf(lost.signal(), Instant.MIN, to);
  }

  private Optional<Newest> newestOf(Signal signal, Instant from, Instant to) {
    List<FoundReading> all = new ArrayList<>();
    readings.scan(
        List.of(new SignalStretch(signal.tenant(), signal.patient(), signal.metric(), from, to)),
        Long.MAX_VALUE,
        false,
        all::addAll);
    all.removeIf(reading -> reading.quality().contains(SignalQuality.FUTURE));
    return newest(signal.tenant(), all).stream()
        .filter(newest -> newest.signal().device().equals(signal.device()))
        .max(Newest.ORDER);
  }

  @Override
  public List<Reading> before(TenantId tenant, List<ResourceChange> changes) {
    return found.readings(tenant, replaced(tenant, changes));
  }

  private List<FoundReading> replaced(TenantId tenant, List<ResourceChange> changes) {
    List<ResourceChange> later =
        changes.stream()
            .filter(change -> change.type().equals("Observation") && change.version() > 1)
            .toList();
    if (later.isEmpty()) {
      return List.of();
    }
    Map<String, ObservationKey> keys =
        rows.keys(rows.number(tenant), later.stream().map(ResourceChange::id).distinct().toList());
    return readings.ofVersions(
        tenant,
        later.stream()
            .filter(change -> keys.containsKey(change.id()))
            .map(
                change ->
                    new ReadingRows.Version(
                        keys.get(change.id()).value(), Math.toIntExact(change.version() - 1)))
            .distinct()
            .toList());
  }

  @Override
  public List<Reading> window(
      TenantId tenant,
      PatientId patient,
      Metric metric,
      Instant from,
      Instant to,
      long upToSequence) {
    List<FoundReading> all = new ArrayList<>();
    readings.scan(
        List.of(new SignalStretch(tenant, patient, metric, from, to)),
        upToSequence,
        false,
        all::addAll);
    return found.readings(tenant, all);
  }

  @Override
  public Optional<List<List<KnownReading>>> windows(
      List<SignalStretch> stretches, long first, long last, int most) {
    List<FoundReading> all = new ArrayList<>();
    try {
      readings.scan(stretches, first, last, some -> addUpTo(most, all, some));
    } catch (TooManyException e) {
      return Optional.empty();
    }
    List<List<KnownReading>> windows = new ArrayList<>();
    stretches.forEach(stretch -> windows.add(new ArrayList<>()));
    Map<TenantId, List<FoundReading>> byTenant = new LinkedHashMap<>();
    all.forEach(
        one ->
            byTenant
                .computeIfAbsent(stretches.get(one.n()).tenant(), unseen -> new ArrayList<>())
                .add(one));
    byTenant.forEach(
        (tenant, some) -> {
          List<Reading> made = found.readings(tenant, some);
          for (int i = 0; i < made.size(); i++) {
            FoundReading one = some.get(i);
            windows
                .get(one.n())
                .add(new KnownReading(made.get(i), one.row().sequence(), one.replaced()));
          }
        });
    return Optional.of(windows);
  }

  /** Ends a scan whose answer would not fit. */
  private static final class TooManyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooManyException() {
      super("too many readings", null, false, false);
    }
  }

  private static void addUpTo(int most, List<FoundReading> all, List<FoundReading> some) {
    if (all.size() + some.size() > most) {
      throw new TooManyException();
    }
    all.addAll(some);
  }

  @Override
  public List<Reading> latest(TenantId tenant) {
    return read(tenant, signals.assigned(tenant));
  }

  @Override
  public List<Reading> latest(TenantId tenant, PatientId patient) {
    return read(tenant, signals.ofPatient(tenant, patient));
  }

  @Override
  public void expired(TenantId tenant, Instant from, Instant before) {
    List<Newest> newest = signals.between(tenant, from, before);
    Map<Place, FoundReading> there = there(tenant, newest);
    List<Newest> gone = newest.stream().filter(one -> !there.containsKey(place(one))).toList();
    List<Newest> older = new ArrayList<>();
    signals.remove(gone).forEach(lost -> older(lost).ifPresent(older::add));
    signals.advance(older);
  }

  private record Place(String observation, int ordinal) {}

  private static Place place(Newest newest) {
    return new Place(newest.observation().value(), newest.ordinal());
  }

  private Map<Place, FoundReading> there(TenantId tenant, List<Newest> newest) {
    Map<String, ObservationKey> keys =
        rows.keys(
            rows.number(tenant), newest.stream().map(one -> one.observation().value()).toList());
    Map<Place, FoundReading> there = new HashMap<>();
    readings
        .atPlaces(tenant, rows.places(rows.number(tenant), keys.values()).values())
        .forEach(one -> there.put(new Place(one.row().id(), one.ordinal()), one));
    return there;
  }

  private List<Reading> read(TenantId tenant, List<Newest> newest) {
    Map<Place, FoundReading> there = there(tenant, newest);
    return found.readings(
        tenant,
        newest.stream().map(one -> there.get(place(one))).filter(Objects::nonNull).toList());
  }

  @Override
  public List<Heard> heard(TenantId tenant) {
    return signals.heard(tenant);
  }

  @Override
  public int erase(TenantId tenant, PatientId patient) {
    signals.erase(tenant, patient);
    return jdbc.sql(
            """
            select count(*) from telemetry.target as patient
            join %s
              on row.tenant = patient.tenant and row.patient = patient.number
            join telemetry.shape_reading as shape
              on shape.tenant = row.tenant and shape.shape_id = row.shape_id
              and row.sequence >= shape.from_sequence and row.sequence < shape.before_sequence
            where patient.tenant = :tenant and patient.type = 'Patient' and patient.id = :patient
            """
                .formatted(rows.all("row")))
        .param("tenant", rows.number(tenant))
        .param("patient", patient.value())
        .query(Integer.class)
        .single();
  }

  /**
   * Finds the newest reading of every signal among the Observations, in the caller's transaction.
   */
  void rebuild() {
    signals.clear();
    for (TenantId tenant : rows.tenants()) {
      Map<Signal, Newest> newest = new LinkedHashMap<>();
      List<FoundReading> last = readings.lastOfShapes(tenant);
      last.removeIf(reading -> reading.quality().contains(SignalQuality.FUTURE));
      newest(tenant, last).forEach(one -> keepNewer(newest, one));
      signals.advance(newest.values());
    }
  }
}
