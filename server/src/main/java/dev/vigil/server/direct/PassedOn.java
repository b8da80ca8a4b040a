package dev.vigil.server.direct;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.observation.StoredObservation;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;

/**
 * Stored Observations as HAPI would show them, made by writing id, version and time into the stored
 * text. The first Observation of each shape that comes along is also read and written by HAPI; only
 * where both are the same text, the others of the shape are passed on. What leaves could change (a
 * narrative, a contained resource, an address of this server) is not passed on at all.
 */
final class PassedOn {

  private static final String BEGIN = "{\"resourceType\":\"Observation\",";
  private static final String META = "\"meta\":{";

  /** With any other element first, HAPI would write the version elsewhere. */
  private static final List<String> FIRST_OF_META =
      List.of("\"source\":", "\"profile\":", "\"security\":", "\"tag\":");

  private static final List<String> NEVER = List.of("\"text\":{", "\"contained\":[");
  private static final int MOST_SHAPES = 50_000;
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private record ShapeOf(TenantId tenant, int shape) {}

  private final FhirContext context;
  private final Map<ShapeOf, Boolean> shapes = new ConcurrentHashMap<>();

  PassedOn(FhirContext context) {
    this.context = context;
  }

  /** A moment as HAPI writes it. */
  static String moment(Instant moment) {
    return MOMENT.format(moment);
  }

  /**
   * What HAPI would show; empty if that is not sure.
   *
   * @param base of this server's addresses
   */
  Optional<String> of(TenantId tenant, StoredObservation stored, String base) {
    String json = stored.json();
    if (stored.shape().isEmpty() || !plain(json, base)) {
      return Optional.empty();
    }
    String shown = shown(stored, json);
    if (shapes.size() > MOST_SHAPES) {
      shapes.clear();
    }
    boolean same =
        shapes.computeIfAbsent(
            new ShapeOf(tenant, stored.shape().getAsInt()),
            shape -> byHapi(stored, json, base).equals(shown));
    return same ? Optional.of(shown) : Optional.empty();
  }

  private static boolean plain(String json, String base) {
    return json.startsWith(BEGIN)
        && (!json.startsWith(META, BEGIN.length())
            || FIRST_OF_META.stream()
                .anyMatch(first -> json.startsWith(first, BEGIN.length() + META.length())))
        && NEVER.stream().noneMatch(json::contains)
        && !json.contains(base);
  }

  private static String shown(StoredObservation stored, String json) {
    StringBuilder shown = new StringBuilder(json.length() + 120);
    shown
        .append(BEGIN)
        .append("\"id\":\"")
        .append(stored.id())
        .append("\",")
        .append(META)
        .append("\"versionId\":\"")
        .append(stored.version())
        .append("\",\"lastUpdated\":\"")
        .append(moment(stored.updatedAt()))
        .append('"');
    if (json.startsWith(META, BEGIN.length())) {
      shown.append(',').append(json, BEGIN.length() + META.length(), json.length());
    } else {
      shown.append("},").append(json, BEGIN.length(), json.length());
    }
    return shown.toString();
  }

  private String byHapi(StoredObservation stored, String json, String base) {
    IParser reader = context.newJsonParser();
    reader.setParserErrorHandler(new LenientErrorHandler(false).disableAllErrors());
    Observation observation = reader.parseResource(Observation.class, json);
    observation.setId(new IdType("Observation", stored.id(), Long.toString(stored.version())));
    observation
        .getMeta()
        .setVersionId(Long.toString(stored.version()))
        .setLastUpdated(Date.from(stored.updatedAt()));
    IParser writer = context.newJsonParser();
    writer.setServerBaseUrl(base);
    return writer.encodeResourceToString(observation);
  }
}
