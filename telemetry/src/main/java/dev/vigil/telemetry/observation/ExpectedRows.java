package dev.vigil.telemetry.observation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What is written for Observations that the log tells of; writes nothing itself. */
final class ExpectedRows {

  /**
   * One Observation.
   *
   * @param writes its versions as the writer takes them
   * @param rows of these versions, null for deletions; empty if a shape or a target that they need
   *     is not in the database
   */
  record Expected(
      ToldObservation told, List<ObservationWrite> writes, Optional<List<NewRow>> rows) {

    /** Where the last version with content lies. */
    long place() {
      long place = told.key().value();
      for (ObservationWrite write : writes) {
        if (write instanceof ObservationWrite.Put put) {
          place = Week.place(NewRow.week(NewRow.Version.of(put))) | told.key().number();
        }
      }
      return place;
    }

    /** Whether a search by the time it begins with has to look at a later week. */
    boolean crossing() {
      NewRow last =
          told.newest().deleted() ? null : rows.map(all -> all.get(all.size() - 1)).orElse(null);
      return last != null && last.crossing();
    }

    int week() {
      return (int) (place() >>> ObservationKey.NUMBER_BITS);
    }
  }

  private final PostgresShapes shapes;
  private final Targets targets;
  private final IndexExtractor extractor;
  private final ContentReader contents;
  private final Map<String, Shape> knownShapes = new HashMap<>();

  ExpectedRows(
      PostgresShapes shapes, Targets targets, IndexExtractor extractor, ContentReader contents) {
    this.shapes = shapes;
    this.targets = targets;
    this.extractor = extractor;
    this.contents = contents;
  }

  /**
   * Of Observations of one tenant; without those that refer to what is not known here any more.
   *
   * @param tenant its number
   */
  List<Expected> of(int tenant, List<ToldObservation> told) {
    List<String> jsons = new ArrayList<>();
    for (ToldObservation one : told) {
      one.versions().stream().filter(it -> !it.deleted()).forEach(it -> jsons.add(it.json()));
    }
    if (jsons.isEmpty()) {
      return List.of();
    }
    List<Optional<ContentReader.Content>> read = contents.read(told.get(0).tenant(), jsons);
    Map<ToldObservation, List<ObservationWrite>> writesOf = new HashMap<>();
    Set<Long> pids = new HashSet<>();
    int next = 0;
    for (ToldObservation one : told) {
      List<ObservationWrite> writes = new ArrayList<>();
      boolean known = true;
      for (ToldObservation.Version version : one.versions()) {
        if (version.deleted()) {
          writes.add(new ObservationWrite.Delete(one.key(), version.number(), version.at()));
          continue;
        }
        Optional<ContentReader.Content> content = read.get(next++);
        known &= content.isPresent();
        content.map(it -> put(one, version, it)).ifPresent(writes::add);
      }
      if (known) {
        writesOf.put(one, writes);
        writes.forEach(write -> columns(write).forEach(link -> pids.add(link.targetPid())));
      }
    }
    Map<Long, Targets.Target> found = targets.known(tenant, pids);
    List<Expected> expected = new ArrayList<>();
    for (ToldObservation one : told) {
      List<ObservationWrite> writes = writesOf.get(one);
      if (writes != null) {
        expected.add(new Expected(one, writes, rows(tenant, one, writes, found)));
      }
    }
    return expected;
  }

  private static ObservationWrite.Put put(
      ToldObservation told, ToldObservation.Version version, ContentReader.Content content) {
    Instant otherwise =
        version.number() == 1
            ? told.key().homeWeekBegins() // Its key was made for that week.
            : content.issued() == null ? version.at() : content.issued();
    return new ObservationWrite.Put(
        told.key(),
        told.id(),
        version.number(),
        version.at(),
        version.json(),
        content.effective(),
        ObservationWrite.Effective.placedAt(content.effective(), otherwise),
        content.links(),
        List.of());
  }

  private static Stream<ObservationLink> columns(ObservationWrite write) {
    if (!(write instanceof ObservationWrite.Put put)) {
      return Stream.empty();
    }
    NewRow.Version version = NewRow.Version.of(put);
    return Stream.of(Optional.ofNullable(version.patient()), Optional.ofNullable(version.device()))
        .flatMap(Optional::stream);
  }

  private Optional<List<NewRow>> rows(
      int tenant,
      ToldObservation told,
      List<ObservationWrite> writes,
      Map<Long, Targets.Target> found) {
    List<NewRow> rows = new ArrayList<>();
    for (int i = 0; i < writes.size(); i++) {
      if (!(writes.get(i) instanceof ObservationWrite.Put put)) {
        rows.add(null);
        continue;
      }
      Split split = Split.of(put.json());
      Shape shape =
          knownShapes.computeIfAbsent(
              tenant + " " + split.template(), unseen -> shapes.known(tenant, split.template()));
      if (shape == null || columns(put).anyMatch(link -> !found.containsKey(link.targetPid()))) {
        return Optional.empty();
      }
      ShapeIndex index = shape.index();
      rows.add(
          NewRow.of(
              tenant,
              told.versions().get(i).sequence(),
              NewRow.Version.of(put),
              new NewRow.Content(shape, split.leaves()),
              found,
              index.covered() || i + 1 < writes.size()
                  ? List.of()
                  : index.own(extractor.entries(put.json()))));
    }
    return Optional.of(rows);
  }
}
