package dev.vigil.hl7.er7;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names the system of an identifier by its HL7 v2 authority, and the other way round.
 *
 * <p>An authority that is configured has the system it is given there. Otherwise an ISO OID becomes
 * {@code urn:oid:}, a UUID {@code urn:uuid:}, a URI itself, and any other name {@code
 * urn:vigil:hl7:name}.
 */
public final class IdentifierSystems {

  /** EUI-64 device identifiers (HL7 PHD 2.0). */
  public static final String EUI_64 = "urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680";

  private static final String LOCAL = "urn:vigil:hl7:";
  private static final Pattern EUI = Pattern.compile("([0-9A-Fa-f]{2}-?){7}[0-9A-Fa-f]{2}");

  private final Map<String, String> systems;
  private final Map<String, String> authorities = new HashMap<>();

  /**
   * Knows the given authorities by name.
   *
   * @param systems system URI by the authority's namespace or universal id, for example {@code HOSP
   *     -> https://hospital.example/mrn}
   */
  public IdentifierSystems(Map<String, String> systems) {
    this.systems = Map.copyOf(systems);
    this.systems.forEach((authority, system) -> authorities.putIfAbsent(system, authority));
  }

  /**
   * The system of an authority (data type HD).
   *
   * @return empty if all three parts are
   */
  public Optional<String> system(String namespace, String universalId, String type) {
    if (systems.containsKey(universalId)) {
      return Optional.of(systems.get(universalId));
    }
    if (systems.containsKey(namespace)) {
      return Optional.of(systems.get(namespace));
    }
    if (!universalId.isEmpty()) {
      return Optional.of(
          switch (type.toUpperCase(Locale.ROOT)) {
            case "ISO" -> "urn:oid:" + universalId;
            case "UUID" -> "urn:uuid:" + universalId.toLowerCase(Locale.ROOT);
            case "URI", "URL", "URN" -> universalId;
            default -> local(universalId);
          });
    }
    return namespace.isEmpty() ? Optional.empty() : Optional.of(local(namespace));
  }

  /**
   * The authority of a system, as the components of an HD joined by a separator: what {@link
   * #system} reads back.
   */
  public String authority(String system, char separator) {
    String prefix = "" + separator;
    if (authorities.containsKey(system)) {
      return authorities.get(system);
    }
    if (system.startsWith("urn:oid:")) {
      return prefix + system.substring("urn:oid:".length()) + separator + "ISO";
    }
    if (system.startsWith(LOCAL)) {
      return system.substring(LOCAL.length()).replace("%20", " ");
    }
    return prefix + system + separator + "URI";
  }

  /** Whether a text is an EUI-64, with or without dashes. */
  public static boolean eui(String text) {
    return EUI.matcher(text).matches();
  }

  /** An EUI-64 as FHIR wants it: {@code FE-ED-...}. */
  public static String dashed(String eui) {
    String digits = eui.replace("-", "").toUpperCase(Locale.ROOT);
    return digits.replaceAll("(..)(?!$)", "$1-");
  }

  private static String local(String name) {
    return LOCAL + name.replace(" ", "%20");
  }
}
