package dev.vigil.telemetry;

import dev.vigil.core.Code;
import dev.vigil.core.ObservationId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.observation.ObservationContent;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.ObservationPartitions;
import dev.vigil.telemetry.observation.ObservationWrite;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.PostgresObservations;
import dev.vigil.telemetry.reading.PostgresReadings;
import dev.vigil.telemetry.reading.ReadingShapes;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Writes readings as the server does: an event, the Observations that give them, and what follows
 * the readings.
 */
public final class ReadingJournal {

  private static final Source GATEWAY = new Source("fhir", "gateway");
  private static final Map<SignalQuality, String> STATUS =
      Map.of(
          SignalQuality.QUESTIONABLE, "questionable",
          SignalQuality.EARLY, "early-indication",
          SignalQuality.CALIBRATION, "calibration-ongoing",
          SignalQuality.TEST, "test-data");

  private record Name(TenantId tenant, String id) {}

  private record State(ObservationKey key, long version) {}

  private final TestDatabase database;
  private final EventLog log;
  private final Observations observations;
  private final Readings readings;
  private final Map<Name, State> states = new HashMap<>();
  private final Map<Name, Long> pids = new HashMap<>();

  /** Into a database and its log. */
  public ReadingJournal(TestDatabase database, EventLog log) {
    this.database = database;
    this.log = log;
    this.observations =
        new PostgresObservations(
            database.dataSource(),
            new ObservationPartitions(database.dataSource()),
            json -> List.of(),
            new ReadingShapes(database.dataSource(), MetricCatalog.standard()));
    this.readings = new PostgresReadings(database.dataSource(), MetricCatalog.standard());
  }

  /** The readings of the database. */
  public Readings readings() {
    return readings;
  }

  /** The Observations of the database. */
  public Observations observations() {
    return observations;
  }

  /**
   * One message: new Observations, or new versions of those that were written before.
   *
   * @return the event's sequence
   */
  public long write(TenantId tenant, List<Reading> some) {
    List<ObservationWrite> writes = new ArrayList<>();
    List<ResourceChange> changes = new ArrayList<>();
    byObservation(some)
        .forEach(
            (id, its) -> {
              ObservationWrite.Put put = put(tenant, id, its);
              writes.add(put);
              changes.add(change(put, its.get(0)));
            });
    return commit(tenant, writes, new ResourcesWritten(changes, some));
  }

  /**
   * One message as its event tells it: the Observations of its readings are stored, other resources
   * are not.
   */
  public long write(TenantId tenant, ResourcesWritten written) {
    List<ObservationWrite> writes = new ArrayList<>();
    byObservation(written.readings()).forEach((id, its) -> writes.add(put(tenant, id, its)));
    return commit(tenant, writes, written);
  }

  private static Map<String, List<Reading>> byObservation(List<Reading> some) {
    Map<String, List<Reading>> byObservation = new LinkedHashMap<>();
    for (Reading reading : some) {
      byObservation
          .computeIfAbsent(reading.observation().value(), id -> new ArrayList<>())
          .add(reading);
    }
    return byObservation;
  }

  private static ResourceChange change(ObservationWrite.Put put, Reading reading) {
    return new ResourceChange(
        "Observation",
        put.id(),
        put.version(),
        put.version() == 1 ? Action.CREATED : Action.UPDATED,
        Optional.of(reading.patient()),
        Optional.of(ObservationContent.of(put.json())));
  }

  /**
   * A new Observation as a test wants it.
   *
   * @param reading what it gives
   * @param from when its time begins
   * @param device what it names as its device
   * @param change to the JSON that would be written otherwise
   */
  public long write(
      TenantId tenant, Reading reading, Instant from, String device, UnaryOperator<String> change) {
    Instant at = reading.measuredAt();
    String id = reading.observation().value();
    String[] named = device.split("/");
    ObservationWrite.Put put =
        new ObservationWrite.Put(
            observations.allocate(List.of(at)).get(0),
            id,
            1,
            reading.receivedAt(),
            change.apply(
                json(List.of(reading)).replace("Device/" + reading.device().value(), device)),
            new ObservationWrite.Effective(from, at),
            at,
            List.of(
                link(tenant, "Observation.subject", "Patient", reading.patient().value()),
                link(tenant, "Observation.device", named[0], named[1])),
            List.of());
    return commit(
        tenant,
        List.of(put),
        new ResourcesWritten(List.of(change(put, reading)), List.of(reading)));
  }

  /** Deletes an Observation. */
  public long takeBack(TenantId tenant, ObservationId observation) {
    State state = states.get(new Name(tenant, observation.value()));
    ObservationWrite delete =
        new ObservationWrite.Delete(state.key(), state.version() + 1, TestReadings.NOON);
    return commit(
        tenant,
        List.of(delete),
        new ResourcesWritten(
            List.of(
                new ResourceChange(
                    "Observation", observation.value(), delete.version(), Action.DELETED)),
            List.of()));
  }

  private long commit(TenantId tenant, List<ObservationWrite> writes, ResourcesWritten written) {
    long sequence =
        database
            .transactions()
            .execute(
                status -> {
                  long event = log.append(tenant, GATEWAY, written);
                  observations.record(tenant, event, writes);
                  readings.follow(List.of(new Readings.Told(tenant, event, written)));
                  return event;
                });
    for (ObservationWrite write : writes) {
      written.changes().stream()
          .filter(change -> change.type().equals("Observation"))
          .skip(writes.indexOf(write))
          .findFirst()
          .ifPresent(
              change ->
                  states.put(
                      new Name(tenant, change.id()), new State(write.key(), write.version())));
    }
    return sequence;
  }

  private ObservationWrite.Put put(TenantId tenant, String id, List<Reading> its) {
    Reading first = its.get(0);
    Instant at = first.measuredAt();
    State state = states.get(new Name(tenant, id));
    ObservationKey key = state == null ? observations.allocate(List.of(at)).get(0) : state.key();
    return new ObservationWrite.Put(
        key,
        id,
        state == null ? 1 : state.version() + 1,
        first.receivedAt(),
        json(its),
        new ObservationWrite.Effective(at, at),
        at,
        List.of(
            link(tenant, "Observation.subject", "Patient", first.patient().value()),
            link(tenant, "Observation.device", "Device", first.device().value())),
        List.of());
  }

  private ObservationLink link(TenantId tenant, String path, String type, String id) {
    long pid = pids.computeIfAbsent(new Name(tenant, type + "/" + id), name -> 1L + pids.size());
    return ObservationLink.local(path, type, pid, id);
  }

  /** The JSON of an Observation with a value, or of a panel of several. */
  public static String json(List<Reading> its) {
    Reading first = its.get(0);
    boolean panel = its.size() > 1;
    String head =
        "{\"resourceType\":\"Observation\",\"status\":\"final\","
            + (panel
                ? "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"85353-1\"}]},"
                : code(first) + ",")
            + "\"subject\":{\"reference\":\"Patient/"
            + first.patient().value()
            + "\"},\"effectiveDateTime\":\""
            + first.measuredAt()
            + "\",\"device\":{\"reference\":\"Device/"
            + first.device().value()
            + "\"},";
    String tail =
        panel
            ? its.stream()
                .map(one -> "{" + code(one) + "," + value(one) + "}")
                .collect(Collectors.joining(",", "\"component\":[", "]"))
            : value(first);
    return head + tail + "}";
  }

  private static String code(Reading reading) {
    Code code = MetricCatalog.standard().definition(reading.metric()).codes().get(0);
    return "\"code\":{\"coding\":[" + coding(code) + "]}";
  }

  private static String coding(Code code) {
    return "{\"system\":\"" + code.system() + "\",\"code\":\"" + code.code() + "\"}";
  }

  private static String value(Reading reading) {
    String value =
        reading.value() instanceof Quantity quantity
            ? "\"valueQuantity\":{\"value\":"
                + quantity.value().toPlainString()
                + ",\"system\":\"http://unitsofmeasure.org\",\"code\":\""
                + quantity.unit()
                + "\"}"
            : "\"valueCodeableConcept\":{\"coding\":[" + coding((Code) reading.value()) + "]}";
    String flags =
        reading.quality().stream()
            .filter(STATUS::containsKey)
            .sorted()
            .map(
                flag ->
                    coding(
                        new Code(
                            "http://terminology.hl7.org/CodeSystem/measurement-status",
                            STATUS.get(flag))))
            .collect(Collectors.joining(","));
    return flags.isEmpty() ? value : value + ",\"interpretation\":[{\"coding\":[" + flags + "]}]";
  }
}
