package dev.vigil.telemetry.observation;

/**
 * A reference that an Observation holds, resolved. Either the target is known to this server
 * ({@code targetPid} is set), or it is named by type and id alone, or {@code url} is an address
 * elsewhere or a logical reference.
 *
 * @param path FHIRPath of the element, for example {@code Observation.subject}
 * @param targetType resource type of the target; null with a url of unknown type
 * @param targetPid the target's number in HAPI's or our store; null when it has none
 * @param targetId its logical id; null with a url
 * @param targetVersion of a versioned reference; null for others
 * @param url absolute address of a target elsewhere; null for local ones
 */
public record ObservationLink(
    String path,
    String targetType,
    Long targetPid,
    String targetId,
    Long targetVersion,
    String url) {

  /** A link to a resource of this server. */
  public static ObservationLink local(String path, String type, long pid, String id) {
    return new ObservationLink(path, type, pid, id, null, null);
  }

  /** A link to an address elsewhere. */
  public static ObservationLink external(String path, String type, String url) {
    return new ObservationLink(path, type, null, null, null, url);
  }
}
