package dev.vigil.server.observation;

import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;

/** Searches for Observations as they were at a moment ({@code _at}). */
public interface SearchAtMoment {

  /** The parameter, which FHIR R4 has for histories only. */
  String PARAM = "_at";

  /** Whether the request is a search about a moment. HAPI passes over the parameter. */
  static boolean asked(RequestDetails request) {
    return request != null && request.getParameters().containsKey(PARAM);
  }

  /**
   * The versions that were current at the moment and meet the search, in its order.
   *
   * @throws ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException with the name of the
   *     parameter, if one of them cannot be answered exactly for a moment of the past
   */
  IBundleProvider search(SearchParameterMap search, RequestDetails request);
}
