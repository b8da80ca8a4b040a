package dev.vigil.server.observation;

import ca.uhn.fhir.jpa.model.entity.ResourceHistoryTable;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.Date;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;

/**
 * Where the page before ended: behind this version a history goes on.
 *
 * @param moment when the version was written
 * @param offset how many versions lie on the pages up to here
 * @param version as {@code type/id/version}
 */
record HistoryPlace(Date moment, int offset, String version) {

  /** Of the link to the next page. */
  private static final String PARAM = "_before";

  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,15})-(\\d{1,9})-([A-Za-z]+/[A-Za-z0-9.-]{1,64}/\\d{1,18})");

  /** The one that a request names; null for none. */
  static HistoryPlace of(RequestDetails request) {
    String[] named = request.getParameters().get(PARAM);
    if (named == null || named.length == 0) {
      return null;
    }
    Matcher text = TEXT.matcher(named[0]);
    if (!text.matches()) {
      throw new InvalidRequestException(PARAM + " is not of a link to a next page");
    }
    return new HistoryPlace(
        new Date(Long.parseLong(text.group(1))), Integer.parseInt(text.group(2)), text.group(3));
  }

  static HistoryPlace of(IBaseResource resource, int offset) {
    IIdType id = resource.getIdElement();
    return new HistoryPlace(
        resource.getMeta().getLastUpdated(),
        offset,
        resource.fhirType() + "/" + id.getIdPart() + "/" + id.getVersionIdPart());
  }

  /** So that HAPI carries it over to the links of the answer. */
  void noteIn(RequestDetails request) {
    request.addParameter(PARAM, new String[] {moment.getTime() + "-" + offset + "-" + version});
  }

  boolean isOf(ResourceHistoryTable row) {
    return version.equals(
        row.getResourceType() + "/" + row.getTransientForcedId() + "/" + row.getVersion());
  }
}
