package dev.vigil.server.fhir;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.stereotype.Component;

/** Reads resources that come as lines of JSON, as strictly as a request's body is read. */
@Component
public class ResourceLines {

  private final FhirContext context;
  private final UnreadableBodies unreadable;

  ResourceLines(FhirContext context) {
    this.context = context;
    this.unreadable = new UnreadableBodies(context);
  }

  /**
   * The resource of a line.
   *
   * @throws ProblemException UNREADABLE, naming the element where it can
   */
  public Resource parse(String line) {
    if (NumberLimit.hasHugeNumber(line.getBytes(StandardCharsets.UTF_8))) {
      throw refusal("a number's exponent has three digits at most");
    }
    try {
      return (Resource) context.newJsonParser().parseResource(line);
    } catch (RuntimeException e) {
      // Mostly a DataFormatException, but some wrong JSON makes HAPI's parser fail otherwise.
      throw explained(line);
    }
  }

  private ProblemException explained(String line) {
    try {
      return unreadable
          .explain(unreadable.tree(line))
          .map(problem -> new ProblemException(problem))
          .orElseGet(() -> refusal("this cannot be read as FHIR"));
    } catch (JsonProcessingException e) {
      return refusal("the line is not a JSON object");
    }
  }

  private static ProblemException refusal(String message) {
    return new ProblemException(List.of(new Problem(Problem.Kind.UNREADABLE, "", message)));
  }
}
