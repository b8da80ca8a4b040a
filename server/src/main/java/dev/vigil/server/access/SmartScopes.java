package dev.vigil.server.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What a set of SMART scopes allows together. Scopes on anything but FHIR resources do not count.
 */
public record SmartScopes(List<SmartScope> scopes) {

  /** Allows nothing. */
  public static final SmartScopes NONE = new SmartScopes(List.of());

  /** Each request brings its scopes again, and few differ. */
  private static final Map<String, SmartScopes> READ = new ConcurrentHashMap<>();

  private static final int MOST_READ = 1_000;

  /** Keeps a copy. */
  public SmartScopes {
    scopes = List.copyOf(scopes);
  }

  /** Reads the scopes among these texts; leaves out what is none. */
  public static SmartScopes of(Collection<String> texts) {
    return new SmartScopes(
        texts.stream().flatMap(text -> SmartScope.parse(text).stream()).toList());
  }

  /** Reads scopes separated by spaces; leaves out what is none. What was read is remembered. */
  public static SmartScopes of(String texts) {
    SmartScopes known = READ.get(texts);
    if (known == null) {
      known = of(Arrays.asList(texts.split(" ")));
      if (READ.size() >= MOST_READ) {
        READ.clear();
      }
      READ.put(texts, known);
    }
    return known;
  }

  /** Only the scopes of a context, for example {@code system}. */
  public SmartScopes of(Context context) {
    return new SmartScopes(
        scopes.stream().filter(scope -> scope.context().equals(context.word())).toList());
  }

  /** Whether any scope allows something on a type, or on every type for {@code *}. */
  public boolean allows(String type, Permission permission) {
    return scopes.stream().anyMatch(scope -> scope.allows(type, permission));
  }

  /**
   * Whether a scope asks for nothing beyond these. What it asks for may be spread over several:
   * with {@code system/*.s} and {@code system/Patient.r}, {@code system/Patient.rs} is covered.
   */
  public boolean covers(SmartScope narrower) {
    return narrower.permissions().stream()
        .allMatch(
            permission ->
                scopes.stream()
                    .filter(scope -> scope.context().equals(narrower.context()))
                    .anyMatch(scope -> scope.allows(narrower.type(), permission)));
  }

  /** Separated by spaces. */
  @Override
  public String toString() {
    return scopes.stream().map(SmartScope::toString).collect(Collectors.joining(" "));
  }

  /** Whom a scope speaks for. */
  public enum Context {
    /** A client of its own right. */
    SYSTEM,
    /** A person, in all that person may see. */
    USER,
    /** One patient. */
    PATIENT;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
