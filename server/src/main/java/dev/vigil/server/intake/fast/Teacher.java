package dev.vigil.server.intake.fast;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.server.intake.fast.Rehearsal.Sample;
import dev.vigil.server.observation.StoredForm;
import dev.vigil.server.observation.StoredJson;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.observation.Leaf;
import dev.vigil.telemetry.observation.Split;

/**
 * Learns from an Observation that was accepted and stored what holds for all that are written like
 * it. Nothing is taken for granted: invented ones with other leaves go through HAPI's parser and
 * come out as they would be stored, and only where each leaf comes out unchanged in one place is
 * there a shape.
 */
final class Teacher {

  private static final JsonMapper TREES =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .build();

  private final KnownTexts known;
  private final Rehearsal rehearsal;
  private final ReadingCheck check;

  Teacher(KnownTexts known, FhirContext context, StoredForm form, ReadingCheck check) {
    this.known = known;
    this.rehearsal = new Rehearsal(context, form);
    this.check = check;
  }

  /**
   * Learns, or finds that nothing can be learned of all that are written like it.
   *
   * @param cut the client's text
   * @param stored what became of it
   */
  void learn(Cut cut, StoredJson stored) {
    Split accepted = Split.of(stored.json());
    String requestId = Rehearsal.requestId(accepted);
    try {
      if (!cut.fits() || accepted.leaves().stream().anyMatch(Teacher::isText)) {
        return; // Others like it may be written as a leaf can be, or will never be met.
      }
      Sample real = rehearsal.of(cut, cut.leaves(), requestId);
      if (real.stored().equals(accepted) && saysTheSame(cut.join(cut.leaves()), stored.json())) {
        known.add(cut, new Lesson(rehearsal, check, cut, real, stored.links()).run().orElse(null));
      }
    } catch (DataFormatException | IllegalArgumentException | JsonProcessingException e) {
      known.add(cut, null); // An invented leaf cannot stand there.
    }
  }

  /** Text that repeats the values, or resources within: no two are alike. */
  private static boolean isText(Leaf leaf) {
    return leaf.kind() == Leaf.Kind.SUBTREE && !leaf.property().equals("note");
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
}
