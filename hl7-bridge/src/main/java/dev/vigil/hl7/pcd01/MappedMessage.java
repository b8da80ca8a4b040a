package dev.vigil.hl7.pcd01;

import dev.vigil.core.Problem;
import dev.vigil.hl7.er7.Er7Location;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.Hl7Error;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Observation;

/**
 * A message as a transaction, and for each entry the segments it was made of.
 *
 * @param bundle of type {@code transaction}
 * @param origins one for each entry, in the same order
 */
public record MappedMessage(Bundle bundle, List<Origin> origins) {

  private static final Pattern ENTRY = Pattern.compile("entry\\[(\\d+)]");
  private static final Pattern COMPONENT = Pattern.compile("component\\[(\\d+)]");

  /**
   * Where an entry came from.
   *
   * @param segment PID or OBX
   * @param components the OBX of each component of an Observation; empty if it has none of its own
   */
  public record Origin(Er7Segment segment, List<Er7Segment> components) {}

  /** Copies the list. */
  public MappedMessage {
    origins = List.copyOf(origins);
  }

  /**
   * The intake's refusal in HL7's words: finds the segment by {@code entry[n]} and {@code
   * component[n]} of the expression, or by the only Observation there is, and the field by the
   * element's name.
   */
  public Hl7Error error(Problem problem) {
    return Hl7Error.of(problem, locate(problem));
  }

  /** Counts, no content. */
  @Override
  public String toString() {
    return "MappedMessage[" + origins.size() + " entries]";
  }

  private Er7Location locate(Problem problem) {
    String expression = problem.expression();
    int entry = entry(expression);
    if (entry < 0) {
      return Er7Location.NONE;
    }
    Origin origin = origins.get(entry);
    Er7Segment segment = origin.segment();
    Matcher component = COMPONENT.matcher(expression);
    if (component.find()) {
      int index = Integer.parseInt(component.group(1));
      if (index < origin.components().size()) {
        segment = origin.components().get(index);
      }
    }
    return segment.at(
        segment.name().equals("OBX") ? obxField(problem) : pidField(problem.expression()));
  }

  private int entry(String expression) {
    Matcher matcher = ENTRY.matcher(expression);
    if (matcher.find()) {
      int index = Integer.parseInt(matcher.group(1));
      return index < origins.size() ? index : -1;
    }
    if (!expression.startsWith("Observation")) {
      return -1;
    }
    int found = -1;
    for (int i = 0; i < bundle.getEntry().size(); i++) {
      if (bundle.getEntry().get(i).getResource() instanceof Observation) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  private static int obxField(Problem problem) {
    String expression = problem.expression();
    if (expression.contains(".value")) {
      boolean unit =
          problem.kind() == Problem.Kind.CODE_INVALID
              || expression.endsWith(".unit")
              || expression.endsWith(".code")
              || expression.endsWith(".system");
      return unit ? 6 : 5;
    }
    if (expression.contains(".effective")) {
      return 14;
    }
    if (expression.contains(".device")) {
      return 18;
    }
    if (expression.contains(".interpretation") || expression.contains(".dataAbsentReason")) {
      return 8;
    }
    if (expression.contains(".status")) {
      return 11;
    }
    return expression.contains(".code") ? 3 : 0;
  }

  private static int pidField(String expression) {
    if (expression.contains(".name")) {
      return 5;
    }
    return expression.contains(".identifier") ? 3 : 0;
  }
}
