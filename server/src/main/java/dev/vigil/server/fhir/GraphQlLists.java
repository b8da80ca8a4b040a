package dev.vigil.server.fhir;

import ca.uhn.fhir.jpa.graphql.DaoRegistryGraphQLStorageServices;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.utilities.graphql.Argument;
import org.hl7.fhir.utilities.graphql.StringValue;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Lists in GraphQL that are whole. HAPI gives 20 of what is more than 500 without a word, and
 * passes over {@code _count}.
 */
public class GraphQlLists extends DaoRegistryGraphQLStorageServices {

  /** As many as a page may have. */
  private static final int MOST = 500;

  private static final String COUNT = "_count";

  GraphQlLists() {}

  /**
   * All that is found, or as many as {@code _count} says.
   *
   * @throws InvalidRequestException if all would be more than a page
   */
  @Override
  @Transactional(propagation = Propagation.NEVER)
  public void listResources(
      Object request, String type, List<Argument> arguments, List<IBaseResource> matches) {
    int wanted = wanted(arguments);
    if (wanted == 0) {
      return;
    }
    List<Argument> asked = new ArrayList<>(arguments);
    asked.removeIf(argument -> argument.getName().equals(COUNT));
    asked.add(new Argument(COUNT, new StringValue(Integer.toString(Math.min(wanted, MOST)))));
    Bundle page = (Bundle) search(request, type, asked);
    if (wanted > MOST && page.getEntry().size() >= MOST) {
      throw new InvalidRequestException(
          type
              + "List finds "
              + MOST
              + " or more: say _count, or ask "
              + type
              + "Connection for pages");
    }
    page.getEntry().forEach(entry -> matches.add(entry.getResource()));
  }

  private static int wanted(List<Argument> arguments) {
    for (Argument argument : arguments) {
      if (argument.getName().equals(COUNT)) {
        try {
          return Math.max(0, Integer.parseInt(argument.getValues().get(0).getValue()));
        } catch (NumberFormatException e) {
          throw new InvalidRequestException(COUNT + " is a number", e);
        }
      }
    }
    return Integer.MAX_VALUE;
  }
}
