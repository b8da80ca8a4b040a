package dev.vigil.server.observation;

import ca.uhn.fhir.context.RuntimeResourceDefinition;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.util.MatchUrlUtil;
import java.util.Set;
import org.apache.http.NameValuePair;

/**
 * Reads conditions ({@code ifNoneExist}, conditional update, patch and delete, references by
 * search) for HAPI, which passes over every parameter with an underscore that it has no use for: a
 * condition about the past, or with a filter, would hit something else than was asked for.
 */
final class ConditionUrls extends MatchUrlService {

  /** Those that HAPI reads, and those that choose no resources. */
  private static final Set<String> KNOWN =
      Set.of(
          "_id",
          "_lastUpdated",
          "_tag",
          "_profile",
          "_security",
          "_source",
          "_language",
          "_has",
          "_list",
          "_includeDeleted",
          "_expunge",
          "_count",
          "_offset",
          "_total",
          "_sort",
          "_summary",
          "_elements",
          "_include",
          "_revinclude",
          "_format",
          "_pretty",
          "_cascade",
          "_cascadeMaxRounds");

  /**
   * As HAPI does.
   *
   * @throws InvalidRequestException that names the parameter which a condition cannot have
   */
  @Override
  public SearchParameterMap translateMatchUrl(
      String url, RuntimeResourceDefinition type, Flag... flags) {
    if (url.contains("_")) {
      for (NameValuePair asked : MatchUrlUtil.translateMatchUrl(url)) {
        String name = asked.getName().split("[.:]", 2)[0];
        if (name.startsWith("_") && !KNOWN.contains(name)) {
          throw new InvalidRequestException(
              "search parameter " + name + ": not known in a condition");
        }
      }
    }
    return super.translateMatchUrl(url, type, flags);
  }
}
