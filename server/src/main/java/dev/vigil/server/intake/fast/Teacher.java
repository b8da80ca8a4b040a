package dev.vigil.server.intake.fast;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.Quantity;
import dev.vigil.server.intake.fast.LearnedShape.KnownIdentifier;
import dev.vigil.server.intake.fast.LearnedShape.KnownReading;
import dev.vigil.server.intake.fast.LearnedShape.StoredLeaf;
import dev.vigil.server.observation.StoredForm;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.intake.ReadingPattern;
import dev.vigil.telemetry.observation.Leaf;
import dev.vigil.telemetry.observation.Split;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Observation;

/**
 * Learns from an Observation that was accepted and stored what holds for all that are written like
 * it. Nothing is taken for granted: invented ones with other leaves go through HAPI's parser and
 * come out as they would be stored, and only where each leaf comes out unchanged in one place is
 * there a shape.
 */
final class Teacher {

  private static final int VARIANTS = 3;
  private static final String SOME_REQUEST = "0123456789abcdef";

  private static final String FROM_REQUEST = "\"source\":\"#" + Split.HOLE;

  private static final JsonMapper TREES =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .build();

  private final FhirContext context;
  private final StoredForm form;
  private final ReadingCheck check;

  Teacher(FhirContext context, StoredForm form, ReadingCheck check) {
    this.context = context;
    this.form = form;
    this.check = check;
  }

  /** One invented or real Observation, before and after. */
  private record Sample(List<String> sent, Split stored, Observation read) {}

  /**
   * Learns.
   *
   * @param cut the client's text
   * @param stored what became of it
   * @return empty if that would not hold for all that are written like it
   */
  Optional<LearnedShape> learn(Cut cut, String stored) {
    if (cut.literals().stream().anyMatch(literal -> literal.contains("urn:uuid:"))) {
      return Optional.empty(); // A transaction may mean one of its entries by that.
    }
    Split accepted = Split.of(stored);
    String requestId = requestId(accepted);
    try {
      Sample real = sample(cut, cut.leaves(), requestId);
      if (!real.stored().equals(accepted) || !saysTheSame(cut.join(cut.leaves()), stored)) {
        return Optional.empty();
      }
      return new Lesson(cut, real).run();
    } catch (DataFormatException | IllegalArgumentException | JsonProcessingException e) {
      return Optional.empty(); // An invented leaf cannot stand there.
    }
  }

  /** Null if it is not stored. */
  private static String requestId(Split stored) {
    return stored.template().contains(FROM_REQUEST)
        ? stored.leaves().stream().filter(Teacher::isSource).map(Leaf::raw).findFirst().orElse(null)
        : null;
  }

  private static boolean isSource(Leaf leaf) {
    return leaf.property().equals("source");
  }

  private Sample sample(Cut cut, List<String> leaves, String requestId) {
    Observation read = context.newJsonParser().parseResource(Observation.class, cut.join(leaves));
    String stored = form.of(read, requestId);
    return new Sample(leaves, Split.of(stored), read);
  }

  /** Whether nothing was left out or added but where it came from. */
  private static boolean saysTheSame(String sent, String stored) throws JsonProcessingException {
    JsonNode before = TREES.readTree(sent);
    JsonNode after = TREES.readTree(stored);
    if (after.get("meta") instanceof ObjectNode meta) {
      meta.remove("source");
      if (meta.isEmpty()) {
        ((ObjectNode) after).remove("meta");
      }
    }
    return before.equals(after);
  }

  private final class Lesson {

    private final Cut cut;
    private final Sample real;
    private final int[] forms;
    private final List<Sample> samples = new ArrayList<>();

    Lesson(Cut cut, Sample real) {
      this.cut = cut;
      this.real = real;
      this.forms = new int[cut.kinds().size()];
      samples.add(real);
    }

    Optional<LearnedShape> run() {
      for (int form = 0; form < Moment.EXAMPLES.length; form++) {
        tryForm(form);
      }
      List<StoredLeaf> stored = sources();
      List<KnownReading> readings = readings();
      List<KnownIdentifier> identifiers = identifiers();
      int patient = cut.leaf(Cut.SUBJECT);
      int device = cut.leaf(Cut.DEVICE);
      int effective = cut.leaf(Cut.EFFECTIVE);
      int issued = cut.leaf(Cut.ISSUED);
      boolean proven =
          samples.size() > 1
              && stored != null
              && readings != null
              && identifiers != null
              && real.read().hasSubject() == patient >= 0
              && (patient < 0 || before(patient).endsWith("\"Patient/"))
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
                  issued,
                  patient,
                  device,
                  device < 0 ? null : deviceType(device),
                  identifiers,
                  readings))
          : Optional.empty();
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
      String requestId = requestId(real.stored()) == null ? null : SOME_REQUEST;
      for (int variant = 0; variant < VARIANTS; variant++) {
        Sample sample = sample(cut, invented(form, variant), requestId);
        if (!sample.stored().template().equals(real.stored().template())
            || !sample.stored().leaves().stream()
                .map(Leaf::raw)
                .toList()
                .containsAll(sample.sent())) {
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
            });
      }
      return leaves;
    }

    /** Where each stored leaf comes from; null if one of them cannot be told. */
    private List<StoredLeaf> sources() {
      List<StoredLeaf> stored = new ArrayList<>();
      for (int position = 0; position < real.stored().leaves().size(); position++) {
        Leaf leaf = real.stored().leaves().get(position);
        int source = source(position, leaf);
        if (source < LearnedShape.REQUEST_ID) {
          return null;
        }
        stored.add(new StoredLeaf(leaf.kind(), leaf.property(), source));
      }
      return stored;
    }

    private int source(int position, Leaf leaf) {
      if (isSource(leaf) && requestId(real.stored()) != null) {
        return LearnedShape.REQUEST_ID;
      }
      for (int sent = 0; sent < cut.kinds().size(); sent++) {
        int candidate = sent;
        if (samples.stream()
            .allMatch(
                sample ->
                    sample
                        .stored()
                        .leaves()
                        .get(position)
                        .raw()
                        .equals(sample.sent().get(candidate)))) {
          return sent;
        }
      }
      return Integer.MIN_VALUE;
    }

    private boolean everyLeafIsStored(List<StoredLeaf> stored) {
      return IntStream.range(0, cut.kinds().size())
          .allMatch(sent -> stored.stream().anyMatch(leaf -> leaf.source() == sent));
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

    /** Null if they cannot be told. */
    private List<KnownReading> readings() {
      List<List<ReadingPattern>> found = new ArrayList<>();
      for (Sample sample : samples) {
        Optional<List<ReadingPattern>> patterns = check.patterns(sample.read());
        if (patterns.isEmpty() || !found.isEmpty() && !alike(found.get(0), patterns.get())) {
          return null;
        }
        found.add(patterns.get());
      }
      List<KnownReading> known = new ArrayList<>();
      for (int reading = 0; reading < found.get(0).size(); reading++) {
        int number = number(found, reading);
        if (number < 0 && found.get(0).get(reading).value() instanceof Quantity) {
          return null;
        }
        known.add(new KnownReading(found.get(0).get(reading), number));
      }
      return known;
    }

    private static boolean alike(List<ReadingPattern> one, List<ReadingPattern> other) {
      return one.size() == other.size()
          && IntStream.range(0, one.size()).allMatch(i -> one.get(i).alike(other.get(i)));
    }

    private int number(List<List<ReadingPattern>> found, int reading) {
      for (int leaf = 0; leaf < cut.kinds().size(); leaf++) {
        int candidate = leaf;
        if (cut.kinds().get(leaf) == LeafKind.NUMBER
            && IntStream.range(0, samples.size())
                .allMatch(
                    i ->
                        found.get(i).get(reading).value() instanceof Quantity quantity
                            && quantity
                                .value()
                                .equals(new BigDecimal(samples.get(i).sent().get(candidate))))) {
          return leaf;
        }
      }
      return -1;
    }
  }
}
