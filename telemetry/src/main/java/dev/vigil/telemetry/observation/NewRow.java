package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A version as its row keeps it.
 *
 * @param write what is written
 * @param week the week it is about
 * @param place where it lies
 * @param patient PID of the subject when that is a Patient of this server, else null
 * @param device PID of the device when that is a Device of this server, else null
 * @param entries what searches find and neither shape nor columns tell
 * @param links references that no column tells
 */
record NewRow(
    ObservationWrite.Put write,
    int week,
    long place,
    Shape shape,
    byte[] leaves,
    double[] numbers,
    Long identifier,
    Long patient,
    Long device,
    List<IndexEntry> entries,
    List<ObservationLink> links) {

  static final String SUBJECT = "Observation.subject";
  static final String DEVICE = "Observation.device";

  static NewRow of(ObservationWrite.Put put, Split split, Shape shape, IndexExtractor extractor) {
    Instant placedAt = ObservationWrite.Effective.placedAt(put.effective(), put.placedAt());
    int week = Week.of(placedAt);
    List<ObservationLink> links = new ArrayList<>(put.links());
    return new NewRow(
        put,
        week,
        Week.place(week) | put.key().number(),
        shape,
        Leaves.pack(split.leaves(), TimeColumn.base(from(put))),
        shape.numbers(split.leaves()),
        shape.identifier(split.leaves()),
        take(links, SUBJECT, "Patient"),
        take(links, DEVICE, "Device"),
        shape.index().covered() ? List.of() : shape.index().own(extractor.entries(put.json())),
        links);
  }

  static Instant from(ObservationWrite.Put put) {
    return put.effective() == null ? null : put.effective().from();
  }

  /** Takes out the link that a column can keep. */
  private static Long take(List<ObservationLink> links, String path, String type) {
    for (ObservationLink link : links) {
      if (link.path().equals(path)
          && type.equals(link.targetType())
          && link.targetPid() != null
          && link.targetVersion() == null) {
        links.remove(link);
        return link.targetPid();
      }
    }
    return null;
  }

  /** Whether it began in an earlier week than the one it lies in. */
  boolean crossing() {
    return write.effective() != null
        && (write.effective().from() == null || Week.of(write.effective().from()) < week);
  }

  /** Whether its place cannot be told from its id. */
  boolean mapped() {
    return place != write.key().value() || clientId() != null;
  }

  /** Null for an id that the server assigned. */
  String clientId() {
    return write.id().equals(write.key().id()) ? null : write.id();
  }
}
