package dev.vigil.telemetry.observation;

import dev.vigil.telemetry.observation.ObservationWrite.Effective;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A version as its row keeps it.
 *
 * @param tenant its number
 * @param sequence of the event that told of it
 * @param version what is written
 * @param week the week it is about
 * @param place where it lies
 * @param value the number of slot 0; null for none
 * @param rare what few rows have, as the migration says
 * @param patient the subject when that is a Patient of this server, else null
 * @param device the device when that is a Device or DeviceMetric of this server, else null
 * @param entries what searches find and neither shape nor columns tell
 * @param links references that no column tells
 */
record NewRow(
    int tenant,
    long sequence,
    Version version,
    int week,
    long place,
    Shape shape,
    byte[] leaves,
    Double value,
    String rare,
    Long identifier,
    Integer patient,
    Integer device,
    List<IndexEntry> entries,
    List<ObservationLink> links) {

  static final String SUBJECT = "Observation.subject";
  static final String DEVICE = "Observation.device";
  static final String PATIENT_TYPE = "Patient";
  static final List<String> DEVICE_TYPES = List.of("Device", "DeviceMetric");

  /** What is written, without its content. */
  record Version(
      ObservationKey key,
      String id,
      long number,
      Instant updatedAt,
      Effective effective,
      Instant placedAt,
      List<ObservationLink> links) {

    static Version of(ObservationWrite.Put put) {
      return new Version(
          put.key(),
          put.id(),
          put.version(),
          put.updatedAt(),
          put.effective(),
          put.placedAt(),
          put.links());
    }

    static Version of(NewObservation added) {
      return new Version(
          added.key(),
          added.key().id(),
          1,
          added.updatedAt(),
          added.effective(),
          added.placedAt(),
          added.links());
    }

    /** Null for an id that the server assigned. */
    String clientId() {
      return id.equals(key.id()) ? null : id;
    }

    Instant from() {
      return effective == null ? null : effective.from();
    }

    /** The link that the column of the subject keeps; null for none. */
    ObservationLink patient() {
      return column(SUBJECT, List.of(PATIENT_TYPE));
    }

    /** The link that the column of the device keeps; null for none. */
    ObservationLink device() {
      return column(DEVICE, DEVICE_TYPES);
    }

    private ObservationLink column(String path, List<String> types) {
      for (ObservationLink link : links) {
        if (link.path().equals(path)
            && link.targetPid() != null
            && link.targetVersion() == null
            && types.contains(link.targetType())) {
          return link;
        }
      }
      return null;
    }
  }

  /** What an Observation consists of. */
  record Content(Shape shape, List<Leaf> leaves) {}

  static NewRow of(
      int tenant,
      long sequence,
      Version version,
      Content content,
      Map<Long, Targets.Target> targets,
      List<IndexEntry> entries) {
    Shape shape = content.shape();
    int week = week(version);
    List<ObservationLink> links = new ArrayList<>(version.links());
    Targets.Target patient = take(links, version.patient(), targets);
    Targets.Target device = take(links, version.device(), targets);
    double[] numbers = shape.numbers(content.leaves());
    Double value = numbers.length == 0 ? null : numbers[0];
    Long identifier = shape.identifier(content.leaves());
    Kept kept =
        new Kept(
            version.from(),
            value,
            identifier,
            patient == null ? null : patient.id(),
            device == null ? null : device.id());
    return new NewRow(
        tenant,
        sequence,
        version,
        week,
        Week.place(week) | version.key().number(),
        shape,
        Leaves.pack(content.leaves(), shape, kept),
        value,
        rare(version, week, numbers),
        identifier,
        patient == null ? null : patient.number(),
        device == null ? null : device.number(),
        entries,
        links);
  }

  /** The week a version lies in. */
  static int week(Version version) {
    return Week.of(Effective.placedAt(version.effective(), version.placedAt()));
  }

  private static Targets.Target take(
      List<ObservationLink> links, ObservationLink link, Map<Long, Targets.Target> targets) {
    if (link == null) {
      return null;
    }
    links.remove(link);
    return targets.get(link.targetPid());
  }

  private static String rare(Version version, int week, double[] numbers) {
    String until = until(version.effective());
    String home = version.key().homeWeek() == week ? "" : String.valueOf(version.key().homeWeek());
    String client = Objects.requireNonNullElse(version.clientId(), "");
    if (until.isEmpty() && home.isEmpty() && client.isEmpty() && numbers.length < 2) {
      return "";
    }
    return Arrays.stream(numbers)
        .skip(1)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(",", until + "|" + home + "|" + client + "|", ""));
  }

  private static String until(Effective effective) {
    return effective == null
            || Objects.equals(effective.to(), effective.from()) && effective.to() != null
        ? ""
        : TimeColumn.latest(effective.to());
  }

  /** As PostgreSQL sends it; null when it tells no time. */
  Long effectiveFrom() {
    if (version.effective() == null) {
      return null;
    }
    return version.from() == null ? Long.MIN_VALUE : TimeColumn.micros(version.from());
  }

  /** Whether it began in an earlier week than the one it lies in. */
  boolean crossing() {
    return version.effective() != null
        && (version.from() == null || Week.of(version.from()) < week);
  }

  /** Whether its place cannot be told from its id. */
  boolean mapped() {
    return place != version.key().value() || version.clientId() != null;
  }
}
