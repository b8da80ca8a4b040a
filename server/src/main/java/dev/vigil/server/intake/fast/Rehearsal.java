package dev.vigil.server.intake.fast;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.server.observation.StoredForm;
import dev.vigil.telemetry.observation.Leaf;
import dev.vigil.telemetry.observation.Split;
import java.util.List;
import org.hl7.fhir.r4.model.Observation;

/** Tells what would be stored of an Observation: HAPI parses it, and nothing is written. */
final class Rehearsal {

  private static final String FROM_REQUEST = "\"source\":\"#" + Split.HOLE;

  private final FhirContext context;
  private final StoredForm form;

  Rehearsal(FhirContext context, StoredForm form) {
    this.context = context;
    this.form = form;
  }

  /** One invented or real Observation, before and after. */
  record Sample(List<String> sent, Split stored, Observation read) {}

  /**
   * Rehearses one.
   *
   * @param leaves in the places of those of the cut text
   * @param requestId of the request it would come in; null if that is not stored
   * @throws ca.uhn.fhir.parser.DataFormatException if a leaf cannot stand there
   */
  Sample of(Cut cut, List<String> leaves, String requestId) {
    Observation read = context.newJsonParser().parseResource(Observation.class, cut.join(leaves));
    String stored = form.of(read, requestId);
    return new Sample(leaves, Split.of(stored), read);
  }

  /** Null if it is not stored. */
  static String requestId(Split stored) {
    return stored.template().contains(FROM_REQUEST)
        ? stored.leaves().stream()
            .filter(Rehearsal::isSource)
            .map(Leaf::raw)
            .findFirst()
            .orElse(null)
        : null;
  }

  static boolean isSource(Leaf leaf) {
    return leaf.property().equals("source");
  }
}
