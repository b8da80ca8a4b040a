package dev.vigil.server.direct;

import ca.uhn.fhir.util.UrlUtil;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bundle of a search, as text.
 *
 * @param base of this server's addresses
 * @param id of the bundle and of the search
 * @param begin when the search began
 */
record BundleText(String base, String id, Instant begin) {

  private static final String SUBSETTED =
      """
      ,"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue",\
      "code":"SUBSETTED","display":"Resource encoded in summary mode"}]""";

  /** One of the entries that were asked for. */
  String entry(String observation, String resource) {
    StringBuilder entry = new StringBuilder(resource.length() + base.length() + 100);
    entry.append("{\"fullUrl\":\"");
    JsonStringEncoder.getInstance().quoteAsString(base, entry);
    return entry
        .append("/Observation/")
        .append(observation)
        .append("\",\"resource\":")
        .append(resource)
        .append(",\"search\":{\"mode\":\"match\"}}")
        .toString();
  }

  DirectAnswer counted(long total) {
    String json = head(SUBSETTED).append(",\"total\":").append(total).append('}').toString();
    return new DirectAnswer(json, begin, null, null);
  }

  /**
   * @param total null where it is not known
   * @param next the offset of the next page; null if there is none
   */
  DirectAnswer page(DirectRequest asked, List<String> entries, Integer total, Integer next) {
    StringBuilder json = head("");
    if (total != null) {
      json.append(",\"total\":").append(total);
    }
    json.append(",\"link\":[");
    link(json, "self", self(asked));
    if (next != null) {
      json.append(',');
      link(
          json,
          "next",
          "%s?_getpages=%s&_getpagesoffset=%d&_count=%d&_bundletype=searchset"
              .formatted(base, id, next, next));
    }
    json.append(']');
    if (!entries.isEmpty()) {
      json.append(",\"entry\":[").append(String.join(",", entries)).append(']');
    }
    json.append('}');
    boolean operation = asked.kind() == DirectRequest.Kind.LASTN;
    return new DirectAnswer(
        json.toString(), begin, operation ? base + "/Bundle/" + id : null, null);
  }

  private StringBuilder head(String tag) {
    return new StringBuilder(512)
        .append("{\"resourceType\":\"Bundle\",\"id\":\"")
        .append(id)
        .append("\",\"meta\":{\"lastUpdated\":\"")
        .append(PassedOn.moment(begin))
        .append('"')
        .append(tag)
        .append("},\"type\":\"searchset\"");
  }

  private static void link(StringBuilder json, String relation, String url) {
    json.append("{\"relation\":\"").append(relation).append("\",\"url\":\"");
    JsonStringEncoder.getInstance().quoteAsString(url, json);
    json.append("\"}");
  }

  /** HAPI gives the parameters in the order of their names. */
  private String self(DirectRequest asked) {
    StringBuilder url = new StringBuilder(base).append("/Observation");
    if (asked.kind() == DirectRequest.Kind.LASTN) {
      url.append('/').append(DirectRequest.LASTN);
    }
    char before = '?';
    for (Map.Entry<String, String[]> parameter : new TreeMap<>(asked.parameters()).entrySet()) {
      for (String value : parameter.getValue()) {
        url.append(before)
            .append(UrlUtil.escapeUrlParam(parameter.getKey()))
            .append('=')
            .append(UrlUtil.escapeUrlParam(value));
        before = '&';
      }
    }
    return url.toString();
  }
}
