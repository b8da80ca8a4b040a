package dev.vigil.telemetry.log;

import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourceContent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What one part tells, in columns: each element of the changes, then of the readings, for all of
 * them. Leaves of contents with the same property before them share a column, whatever template
 * they fill. It is written out by hand: what is in the log stays readable whatever becomes of the
 * Java types.
 */
final class PartColumns {

  /** What a part told. */
  record Told(List<ResourceChange> changes, List<Reading> readings) {}

  private static final int NO_CONTENT = 0;
  private static final int WHOLE = 1;

  /** The first number of a template that is listed. */
  private static final int FIRST = 2;

  private static final String NUMBER = "n";
  private static final String CODED = "c";

  private PartColumns() {}

  /** Gives a template a number, unless it has one. */
  static void note(Map<String, Integer> templates, String template) {
    if (!template.equals(ResourceContent.WHOLE)) {
      templates.putIfAbsent(template, FIRST + templates.size());
    }
  }

  static void putTemplates(ColumnWriter out, Map<String, Integer> templates) {
    out.number(templates.size());
    templates.keySet().forEach(out::text);
  }

  static List<String> templates(ColumnReader in) {
    int count = in.count();
    List<String> templates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      templates.add(in.text());
    }
    return templates;
  }

  static void put(
      ColumnWriter out,
      Optional<PatientId> person,
      List<ResourceChange> changes,
      List<Reading> readings,
      Map<String, Integer> templates) {
    out.text(person.map(PatientId::value).orElse(""));
    out.number(changes.size());
    out.column(texts(changes, ResourceChange::type));
    out.column(texts(changes, ResourceChange::id));
    out.column(texts(changes, change -> Long.toString(change.version())));
    out.column(texts(changes, change -> change.action().name()));
    out.column(
        texts(
            changes,
            change ->
                Integer.toString(
                    change
                        .content()
                        .map(content -> templates.getOrDefault(content.template(), WHOLE))
                        .orElse(NO_CONTENT))));
    leafColumns(changes).values().forEach(out::column);
    out.number(readings.size());
    out.column(texts(readings, reading -> reading.observation().value()));
    out.column(texts(readings, reading -> reading.device().value()));
    out.column(texts(readings, reading -> reading.metric().id()));
    out.column(texts(readings, reading -> reading.value() instanceof Code ? CODED : NUMBER));
    out.column(texts(readings, PartColumns::value));
    out.column(texts(readings, PartColumns::unit));
    out.column(texts(readings, reading -> reading.measuredAt().toString()));
    out.column(texts(readings, reading -> reading.receivedAt().toString()));
    out.column(texts(readings, PartColumns::quality));
  }

  private static <T> List<String> texts(List<T> elements, Function<T, String> text) {
    List<String> texts = new ArrayList<>(elements.size());
    elements.forEach(element -> texts.add(text.apply(element)));
    return texts;
  }

  private static Map<String, List<String>> leafColumns(List<ResourceChange> changes) {
    Map<String, List<String>> slotsOf = new LinkedHashMap<>();
    Map<String, List<String>> columns = new LinkedHashMap<>();
    for (ResourceChange change : changes) {
      if (change.content().isPresent()) {
        ResourceContent content = change.content().get();
        List<String> slots = slotsOf.computeIfAbsent(content.template(), PartColumns::slots);
        for (int i = 0; i < slots.size(); i++) {
          columns
              .computeIfAbsent(slots.get(i), unseen -> new ArrayList<>())
              .add(content.leaves().get(i));
        }
      }
    }
    return columns;
  }

  /** For each hole of a template the column of its leaves: the text since the last property. */
  private static List<String> slots(String template) {
    List<String> slots = new ArrayList<>();
    int hole = template.indexOf(ResourceContent.HOLE);
    while (hole >= 0) {
      int nameEnds = template.lastIndexOf("\":", hole);
      int name = nameEnds < 1 ? 0 : template.lastIndexOf('"', nameEnds - 1);
      slots.add(template.substring(Math.max(0, name), hole));
      hole = template.indexOf(ResourceContent.HOLE, hole + 1);
    }
    return slots;
  }

  private static String value(Reading reading) {
    return reading.value() instanceof Code code
        ? code.code()
        : ((Quantity) reading.value()).value().toString();
  }

  private static String unit(Reading reading) {
    return reading.value() instanceof Code code
        ? code.system()
        : ((Quantity) reading.value()).unit();
  }

  private static String quality(Reading reading) {
    return reading.quality().isEmpty()
        ? ""
        : reading.quality().stream().sorted().map(Enum::name).collect(Collectors.joining(","));
  }

  /** Reads what {@link #put} wrote. */
  static Told read(ColumnReader in, List<String> templates) {
    Optional<PatientId> person =
        Optional.of(in.text()).filter(text -> !text.isEmpty()).map(PatientId::new);
    List<ResourceChange> changes = changes(in, person, templates);
    List<Reading> readings = readings(in, person);
    return new Told(changes, readings);
  }

  private static List<ResourceChange> changes(
      ColumnReader in, Optional<PatientId> person, List<String> templates) {
    int size = in.count();
    List<String> types = in.column(size);
    List<String> ids = in.column(size);
    List<String> versions = in.column(size);
    List<String> actions = in.column(size);
    List<Optional<ResourceContent>> contents = contents(in, in.numbers(size), templates);
    List<ResourceChange> changes = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      changes.add(
          new ResourceChange(
              types.get(i),
              ids.get(i),
              Long.parseLong(versions.get(i)),
              Action.valueOf(actions.get(i)),
              person.isEmpty() && types.get(i).equals("Patient")
                  ? Optional.of(new PatientId(ids.get(i)))
                  : person,
              contents.get(i)));
    }
    return changes;
  }

  private static List<Optional<ResourceContent>> contents(
      ColumnReader in, List<Integer> numbers, List<String> templates) {
    Map<Integer, List<String>> slotsOf = new LinkedHashMap<>();
    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (Integer number : numbers) {
      if (number != NO_CONTENT) {
        slotsOf
            .computeIfAbsent(number, unseen -> slots(template(number, templates)))
            .forEach(slot -> sizes.merge(slot, 1, Integer::sum));
      }
    }
    Map<String, Iterator<String>> columns = new LinkedHashMap<>();
    sizes.forEach((slot, size) -> columns.put(slot, in.column(size).iterator()));
    List<Optional<ResourceContent>> contents = new ArrayList<>(numbers.size());
    for (Integer number : numbers) {
      if (number == NO_CONTENT) {
        contents.add(Optional.empty());
      } else {
        List<String> leaves = texts(slotsOf.get(number), slot -> columns.get(slot).next());
        contents.add(Optional.of(new ResourceContent(template(number, templates), leaves)));
      }
    }
    return contents;
  }

  private static String template(int number, List<String> templates) {
    if (number == WHOLE) {
      return ResourceContent.WHOLE;
    }
    if (number < FIRST || number - FIRST >= templates.size()) {
      throw new IllegalArgumentException("a template is missing");
    }
    return templates.get(number - FIRST);
  }

  private static List<Reading> readings(ColumnReader in, Optional<PatientId> person) {
    int size = in.count();
    List<String> observations = in.column(size);
    List<String> devices = in.column(size);
    List<String> metrics = in.column(size);
    List<String> kinds = in.column(size);
    List<String> values = in.column(size);
    List<String> units = in.column(size);
    List<String> measured = in.column(size);
    List<String> received = in.column(size);
    List<String> quality = in.column(size);
    List<Reading> readings = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      readings.add(
          new Reading(
              new ObservationId(observations.get(i)),
              new DeviceId(devices.get(i)),
              person.orElseThrow(() -> new IllegalArgumentException("a reading of nobody")),
              new Metric(metrics.get(i)),
              kinds.get(i).equals(CODED)
                  ? new Code(units.get(i), values.get(i))
                  : new Quantity(new BigDecimal(values.get(i)), units.get(i)),
              Instant.parse(measured.get(i)),
              Instant.parse(received.get(i)),
              flags(quality.get(i))));
    }
    return readings;
  }

  private static Set<SignalQuality> flags(String quality) {
    Set<SignalQuality> flags = EnumSet.noneOf(SignalQuality.class);
    if (!quality.isEmpty()) {
      for (String flag : quality.split(",")) {
        flags.add(SignalQuality.valueOf(flag));
      }
    }
    return flags;
  }
}
