package dev.vigil.telemetry.log;

import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Reading;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@link ResourcesWritten} in parts, and put together again. A person's part has their readings and
 * the changes of what is about them, contents included; the rest is in the part about nobody, which
 * comes first and is left out when it would be empty. The first part also has the templates of all
 * contents, which never name a person, and, where the elements of one part after the other are not
 * in the order of the message, the order: pairs of a part's number and how many of its elements
 * come next. Since version 4 it has, last of these, the moment that the times of versions are told
 * from: microseconds since 1970, 0 if no change tells one.
 */
final class WrittenParts {

  /** The bytes of a part about a person, or about nobody. */
  record Split(Optional<PatientId> person, byte[] bytes) {}

  private static final class Draft {

    private final List<ResourceChange> changes = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    private int number;
  }

  private WrittenParts() {}

  /**
   * In parts.
   *
   * @param keyless persons who can have no part any more: changes of such a Patient and deletions
   *     of what was about them go to the part about nobody, without content
   * @throws ProblemException CONFLICT if it tells more of one of them
   */
  static List<Split> split(ResourcesWritten written, Set<PatientId> keyless) {
    Map<String, PatientId> owners = owners(written);
    Map<Optional<PatientId>, Draft> drafts = new LinkedHashMap<>();
    Draft nobody = new Draft();
    drafts.put(Optional.empty(), nobody);
    Map<String, Integer> templates = new LinkedHashMap<>();
    long since = StoredColumn.since(written.changes());
    List<Draft> changeOrder = new ArrayList<>(written.changes().size());
    for (ResourceChange each : written.changes()) {
      ResourceChange change = owned(each, owners, keyless);
      Draft draft = drafts.computeIfAbsent(change.person(), unseen -> new Draft());
      draft.changes.add(change);
      changeOrder.add(draft);
      change.content().ifPresent(content -> PartColumns.note(templates, content.template()));
    }
    List<Draft> readingOrder = new ArrayList<>(written.readings().size());
    for (Reading reading : written.readings()) {
      if (keyless.contains(reading.patient())) {
        throw erased();
      }
      Draft draft = drafts.computeIfAbsent(Optional.of(reading.patient()), unseen -> new Draft());
      draft.readings.add(reading);
      readingOrder.add(draft);
    }
    boolean needless =
        nobody.changes.isEmpty()
            && (drafts.size() == 2 || drafts.size() > 2 && templates.isEmpty() && since == 0);
    if (needless && inOrder(drafts, changeOrder) && inOrder(drafts, readingOrder)) {
      drafts.remove(Optional.<PatientId>empty());
    }
    int number = 0;
    for (Draft draft : drafts.values()) {
      draft.number = number++;
    }
    List<Split> parts = new ArrayList<>(drafts.size());
    drafts.forEach(
        (person, draft) -> {
          ColumnWriter out = new ColumnWriter();
          if (draft.number == 0) {
            PartColumns.putTemplates(out, templates);
            putOrder(out, drafts, changeOrder);
            putOrder(out, drafts, readingOrder);
            out.number(since);
          }
          PartColumns.put(out, person, draft.changes, draft.readings, templates);
          StoredColumn.put(out, draft.changes, since);
          parts.add(new Split(person, out.toByteArray()));
        });
    return parts;
  }

  private static Map<String, PatientId> owners(ResourcesWritten written) {
    Map<String, PatientId> owners = new HashMap<>();
    for (Reading reading : written.readings()) {
      owners.put(reading.observation().value(), reading.patient());
    }
    return owners;
  }

  /**
   * What {@link #join} gives of it, but without contents and what else is stored of versions. Of
   * what was joined the same.
   */
  static ResourcesWritten withoutContents(ResourcesWritten written) {
    Map<String, PatientId> owners = owners(written);
    List<ResourceChange> changes = new ArrayList<>(written.changes().size());
    for (ResourceChange each : written.changes()) {
      ResourceChange change = owned(each, owners, Set.of());
      Optional<PatientId> person =
          change.person().isEmpty() && change.type().equals("Patient")
              ? Optional.of(new PatientId(change.id()))
              : change.person();
      changes.add(
          new ResourceChange(
              change.type(),
              change.id(),
              change.version(),
              change.action(),
              person,
              Optional.empty()));
    }
    return new ResourcesWritten(changes, written.readings());
  }

  /** The change as its part tells it. */
  private static ResourceChange owned(
      ResourceChange change, Map<String, PatientId> owners, Set<PatientId> keyless) {
    Optional<PatientId> person =
        change.person().isPresent() || !change.type().equals("Observation")
            ? change.person()
            : Optional.ofNullable(owners.get(change.id()));
    if (person.filter(keyless::contains).isPresent()) {
      if (!change.type().equals("Patient") && change.action() != Action.DELETED) {
        throw erased();
      }
      return change(change, Optional.empty(), false);
    }
    return person.equals(change.person()) ? change : change(change, person, true);
  }

  private static ResourceChange change(
      ResourceChange change, Optional<PatientId> person, boolean withContent) {
    return new ResourceChange(
        change.type(),
        change.id(),
        change.version(),
        change.action(),
        person,
        withContent ? change.content() : Optional.empty(),
        change.stored());
  }

  private static ProblemException erased() {
    return new ProblemException(
        Problem.conflict("Observation.subject", "this person's data has been erased"));
  }

  /** Whether the elements come part by part, in the order of the parts. */
  private static boolean inOrder(Map<Optional<PatientId>, Draft> drafts, List<Draft> order) {
    Iterator<Draft> parts = drafts.values().iterator();
    Draft current = parts.next();
    for (Draft next : order) {
      while (current != next) {
        if (!parts.hasNext()) {
          return false;
        }
        current = parts.next();
      }
    }
    return true;
  }

  private static void putOrder(
      ColumnWriter out, Map<Optional<PatientId>, Draft> drafts, List<Draft> order) {
    List<Integer> parts = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    int from = inOrder(drafts, order) ? order.size() : 0;
    while (from < order.size()) {
      int to = from;
      while (to < order.size() && order.get(to) == order.get(from)) {
        to++;
      }
      parts.add(order.get(from).number);
      lengths.add(to - from);
      from = to;
    }
    out.number(parts.size());
    out.numbers(parts);
    out.numbers(lengths);
  }

  /**
   * What the parts tell together.
   *
   * @param version of the stored form: 3 or more
   * @param parts an erased one is empty
   */
  static ResourcesWritten join(int version, List<Optional<byte[]>> parts) {
    boolean told = version >= EventCodec.FIRST_WITH_STORED;
    long since = 0;
    List<ColumnReader> readers =
        parts.stream().map(part -> part.map(ColumnReader::new).orElse(null)).toList();
    List<String> templates = List.of();
    Order changeOrder = Order.NATURAL;
    Order readingOrder = Order.NATURAL;
    if (readers.get(0) != null) {
      templates = PartColumns.templates(readers.get(0));
      changeOrder = Order.of(readers.get(0));
      readingOrder = Order.of(readers.get(0));
      since = told ? readers.get(0).number() : 0;
    }
    List<List<ResourceChange>> changes = new ArrayList<>(parts.size());
    List<List<Reading>> readings = new ArrayList<>(parts.size());
    for (ColumnReader reader : readers) {
      if (reader == null) {
        changes.add(null);
        readings.add(null);
      } else {
        PartColumns.Told part = PartColumns.read(reader, templates);
        changes.add(told ? StoredColumn.read(reader, part.changes(), since) : part.changes());
        readings.add(part.readings());
        reader.end();
      }
    }
    return new ResourcesWritten(changeOrder.join(changes), readingOrder.join(readings));
  }

  /** Which part's elements come when; nothing if they come part by part. */
  private record Order(List<Integer> parts, List<Integer> lengths) {

    private static final Order NATURAL = new Order(List.of(), List.of());

    private static Order of(ColumnReader in) {
      int runs = in.count();
      return new Order(in.numbers(runs), in.numbers(runs));
    }

    private <T> List<T> join(List<List<T>> lists) {
      List<T> joined = new ArrayList<>();
      if (parts.isEmpty()) {
        lists.forEach(list -> joined.addAll(list == null ? List.of() : list));
        return joined;
      }
      List<Iterator<T>> rest = new ArrayList<>(lists.size());
      lists.forEach(list -> rest.add(list == null ? null : list.iterator()));
      for (int i = 0; i < parts.size(); i++) {
        Iterator<T> part = rest.get(parts.get(i));
        for (int n = lengths.get(i); n > 0 && part != null; n--) {
          joined.add(part.next());
        }
      }
      if (rest.stream().anyMatch(part -> part != null && part.hasNext())) {
        throw new IllegalArgumentException("the order leaves elements out");
      }
      return joined;
    }
  }
}
