package dev.vigil.server.intake.fast;

import dev.vigil.core.Quantity;
import dev.vigil.server.intake.fast.LearnedShape.KnownIdentifier;
import dev.vigil.server.intake.fast.LearnedShape.KnownReading;
import dev.vigil.server.intake.fast.LearnedShape.KnownReference;
import dev.vigil.server.intake.fast.LearnedShape.StoredLeaf;
import dev.vigil.server.intake.fast.Rehearsal.Sample;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.intake.ReadingPattern;
import dev.vigil.telemetry.intake.ReadingPatterns;
import dev.vigil.telemetry.observation.Leaf;
import dev.vigil.telemetry.observation.ObservationLink;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.Identifier;

/**
 * One lesson: what holds for all Observations that are written like one of them. Invented ones with
 * other leaves are rehearsed, and only where each leaf comes out unchanged in one place is there a
 * shape.
 */
final class Lesson {

  private static final int VARIANTS = 3;
  private static final String SOME_REQUEST = "0123456789abcdef";

  private final Rehearsal rehearsal;
  private final ReadingCheck check;
  private final Cut cut;
  private final Sample real;
  private final List<ObservationLink> links;
  private final int[] forms;
  private final List<Sample> samples = new ArrayList<>();

  /**
   * About one that was stored.
   *
   * @param real the accepted one
   * @param links what it refers to
   */
  Lesson(
      Rehearsal rehearsal, ReadingCheck check, Cut cut, Sample real, List<ObservationLink> links) {
    this.rehearsal = rehearsal;
    this.check = check;
    this.cut = cut;
    this.real = real;
    this.links = links;
    this.forms = new int[cut.kinds().size()];
    samples.add(real);
  }

  /** Empty if nothing can be learned of these. */
  Optional<LearnedShape> run() {
    for (int form = 0; form < Moment.EXAMPLES.length; form++) {
      tryForm(form);
    }
    if (cut.literals().stream().anyMatch(literal -> literal.contains("urn:uuid:"))) {
      return Optional.empty(); // A transaction may mean one of its entries by that.
    }
    List<StoredLeaf> stored = sources();
    List<ReadingPatterns> patterns = patterns();
    List<KnownReading> readings = patterns == null ? null : readings(patterns);
    List<KnownIdentifier> identifiers = identifiers();
    List<KnownReference> references = references();
    int patient = cut.leaf(Cut.SUBJECT);
    int device = cut.leaf(Cut.DEVICE);
    int start = cut.leaf(Cut.PERIOD_START);
    int effective = cut.leaf(start < 0 ? Cut.EFFECTIVE : Cut.PERIOD_END);
    int issued = cut.leaf(Cut.ISSUED);
    boolean proven =
        samples.size() > 1
            && stored != null
            && readings != null
            && identifiers != null
            && references != null
            && real.read().hasSubject() == patient >= 0
            && (patient < 0 || before(patient).endsWith("\"Patient/"))
            && (patient >= 0 || references.stream().noneMatch(Lesson::isPerson))
            && real.read().hasDevice() == device >= 0
            && (device < 0 || deviceType(device) != null)
            && real.read().hasEffective() == effective >= 0
            && real.read().hasIssued() == issued >= 0
            && everyLeafIsStored(stored);
    return proven
        ? Optional.of(
            new LearnedShape(
                forms,
                real.stored().template(),
                stored,
                effective,
                start,
                issued,
                patient,
                device,
                device < 0 ? null : deviceType(device),
                references,
                identifiers,
                patterns.get(0).deviceReading(),
                readings))
        : Optional.empty();
  }

  /** Without a subject it would be that person's, as the log seals it. */
  private static boolean isPerson(KnownReference reference) {
    return reference.type().equals("Patient");
  }

  private String before(int leaf) {
    return cut.literals().get(leaf);
  }

  private String deviceType(int leaf) {
    return before(leaf).endsWith("\"Device/")
        ? "Device"
        : before(leaf).endsWith("\"DeviceMetric/") ? "DeviceMetric" : null;
  }

  /** Takes a way of writing times in if it comes out as it went in. */
  private void tryForm(int form) {
    List<Sample> invented = new ArrayList<>();
    String requestId = Rehearsal.requestId(real.stored()) == null ? null : SOME_REQUEST;
    for (int variant = 0; variant < VARIANTS; variant++) {
      Sample sample = rehearsal.of(cut, invented(form, variant), requestId);
      List<String> raws = sample.stored().leaves().stream().map(Leaf::raw).toList();
      if (!sample.stored().template().equals(real.stored().template())
          || !sample.sent().stream()
              .allMatch(sent -> raws.stream().anyMatch(raw -> raw.contains(sent)))) {
        return;
      }
      invented.add(sample);
    }
    samples.addAll(invented);
    for (int leaf = 0; leaf < forms.length; leaf++) {
      if (cut.kinds().get(leaf) == LeafKind.TIME) {
        forms[leaf] |= 1 << form;
      }
    }
  }

  /** Leaves that no other one and no other variant has. */
  private List<String> invented(int form, int variant) {
    List<String> leaves = new ArrayList<>();
    for (int leaf = 0; leaf < cut.kinds().size(); leaf++) {
      int unique = 100 * (leaf + 1) + 10 * variant + form;
      leaves.add(
          switch (cut.kinds().get(leaf)) {
            case TEXT -> variant == 1 ? unique + "!#$%&'()*+,-./:;<=>?@[]^_`{|}~" : "t" + unique;
            case ID -> variant == 1 ? "A-" + unique + ".z" : String.valueOf(unique);
            case TIME -> Moment.EXAMPLES[form].formatted(1 + variant, leaf % 10);
            case NUMBER ->
                switch (variant) {
                  case 0 -> String.valueOf(unique);
                  case 1 -> unique + ".50";
                  default -> "-0." + unique + "0";
                };
            case INTEGER -> String.valueOf(variant == 1 ? -unique : unique);
            case FREE ->
                variant == 1
                    ? "\u00c4\u0434 " + unique + " !#$%'()*+,-./:;=?@[]^_`{|}~"
                    : "w" + unique;
            case SAMPLES -> unique + ".5 E -" + unique + " U L 0";
          });
    }
    return leaves;
  }

  /** Where each stored leaf comes from; null if one of them cannot be told. */
  private List<StoredLeaf> sources() {
    List<StoredLeaf> stored = new ArrayList<>();
    for (int position = 0; position < real.stored().leaves().size(); position++) {
      Leaf leaf = real.stored().leaves().get(position);
      Optional<StoredLeaf> source =
          Rehearsal.isSource(leaf) && Rehearsal.requestId(real.stored()) != null
              ? Optional.of(
                  new StoredLeaf(
                      leaf.kind(),
                      leaf.property(),
                      List.of("", ""),
                      List.of(LearnedShape.REQUEST_ID)))
              : source(position);
      if (source.isEmpty()) {
        return null;
      }
      stored.add(source.get());
    }
    return stored;
  }

  private Optional<StoredLeaf> source(int position) {
    return samples.stream()
        .skip(1)
        .map(sample -> takenApart(sample, sample.stored().leaves().get(position)))
        .filter(
            leaf ->
                samples.stream()
                    .allMatch(
                        sample ->
                            sample
                                .stored()
                                .leaves()
                                .get(position)
                                .raw()
                                .equals(leaf.raw(sample.sent(), SOME_REQUEST))))
        .findFirst();
  }

  /** At each place the longest of what was sent, for one leaf may begin like another. */
  private static StoredLeaf takenApart(Sample sample, Leaf leaf) {
    List<String> literals = new ArrayList<>();
    List<Integer> sources = new ArrayList<>();
    int done = 0;
    int at = 0;
    while (at < leaf.raw().length()) {
      int longest = -1;
      for (int sent = 0; sent < sample.sent().size(); sent++) {
        if (leaf.raw().startsWith(sample.sent().get(sent), at)
            && (longest < 0
                || sample.sent().get(sent).length() > sample.sent().get(longest).length())) {
          longest = sent;
        }
      }
      if (longest < 0) {
        at++;
      } else {
        literals.add(leaf.raw().substring(done, at));
        sources.add(longest);
        at += sample.sent().get(longest).length();
        done = at;
      }
    }
    literals.add(leaf.raw().substring(done));
    return new StoredLeaf(leaf.kind(), leaf.property(), literals, sources);
  }

  private boolean everyLeafIsStored(List<StoredLeaf> stored) {
    return IntStream.range(0, cut.kinds().size())
        .allMatch(sent -> stored.stream().anyMatch(leaf -> leaf.sources().contains(sent)));
  }

  /** Null if they cannot be told. */
  private List<KnownIdentifier> identifiers() {
    List<KnownIdentifier> known = new ArrayList<>();
    int from = 0;
    for (Identifier identifier : real.read().getIdentifier()) {
      if (identifier.hasValue()) {
        int leaf = cut.places().subList(from, cut.places().size()).indexOf(Cut.IDENTIFIER);
        if (leaf < 0 || !cut.leaves().get(from + leaf).equals(identifier.getValue())) {
          return null;
        }
        known.add(new KnownIdentifier(identifier.getSystem(), from + leaf));
        from += leaf + 1;
      }
    }
    return known;
  }

  /** Null if they cannot be told, for example those to another server or to Observations. */
  private List<KnownReference> references() {
    List<KnownReference> known = new ArrayList<>();
    for (ObservationLink link : links) {
      String place = link.path().replace("Observation.", "/") + "/reference";
      List<Integer> leaves =
          IntStream.range(0, cut.places().size())
              .filter(leaf -> cut.places().get(leaf).equals(place))
              .boxed()
              .toList();
      List<Integer> fitting =
          leaves.stream()
              .filter(leaf -> cut.leaves().get(leaf).equals(link.targetId()))
              .filter(leaf -> before(leaf).endsWith('"' + link.targetType() + '/'))
              .toList();
      long there = links.stream().filter(other -> other.path().equals(link.path())).count();
      if (fitting.size() != 1
          || leaves.size() != there
          || link.targetVersion() != null
          || link.targetType().equals("Observation")) {
        return null;
      }
      known.add(new KnownReference(link.path(), link.targetType(), fitting.get(0)));
    }
    return known;
  }

  /** Of each sample; null if they differ. */
  private List<ReadingPatterns> patterns() {
    List<ReadingPatterns> all = new ArrayList<>();
    for (Sample sample : samples) {
      Optional<ReadingPatterns> found = check.patterns(sample.read());
      if (found.isEmpty() || !all.isEmpty() && !all.get(0).alike(found.get())) {
        return null;
      }
      all.add(found.get());
    }
    return all;
  }

  /** Null if they cannot be told. */
  private List<KnownReading> readings(List<ReadingPatterns> patterns) {
    List<KnownReading> known = new ArrayList<>();
    List<ReadingPattern> readings = patterns.get(0).readings();
    for (int reading = 0; reading < readings.size(); reading++) {
      int number = number(patterns, reading);
      ReadingPattern pattern = readings.get(reading);
      if (number < 0 && pattern.value() instanceof Quantity) {
        return null;
      }
      known.add(new KnownReading(pattern, number));
    }
    return known;
  }

  private int number(List<ReadingPatterns> patterns, int reading) {
    for (int leaf = 0; leaf < cut.kinds().size(); leaf++) {
      int candidate = leaf;
      if (cut.kinds().get(leaf) == LeafKind.NUMBER
          && IntStream.range(0, samples.size())
              .allMatch(
                  i ->
                      patterns.get(i).readings().get(reading).value() instanceof Quantity quantity
                          && quantity
                              .value()
                              .equals(new BigDecimal(samples.get(i).sent().get(candidate))))) {
        return leaf;
      }
    }
    return -1;
  }
}
