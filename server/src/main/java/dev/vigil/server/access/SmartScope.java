package dev.vigil.server.access;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One SMART scope on FHIR resources, for example {@code system/Observation.rs} (SMART App Launch
 * 2.2, section 3.0.2). Scopes with a query ({@code ?category=...}) are not understood: they are
 * refused rather than widened.
 *
 * @param context {@code system}, {@code user} or {@code patient}
 * @param type a resource type, or {@code *} for all
 * @param permissions at least one
 */
public record SmartScope(String context, String type, Set<Permission> permissions) {

  /** In {@link #type}: every resource type. */
  public static final String ANY_TYPE = "*";

  private static final Pattern SHAPE =
      Pattern.compile("(patient|user|system)/(\\*|[A-Z][A-Za-z]{1,63})\\.([a-z]{1,5}|\\*)");
  private static final Pattern LETTERS = Pattern.compile("c?r?u?d?s?");

  /** Keeps a copy. */
  public SmartScope {
    permissions = Set.copyOf(permissions);
    if (permissions.isEmpty()) {
      throw new IllegalArgumentException("a scope allows at least one thing");
    }
  }

  /**
   * Reads a scope of version 2, or one of version 1: {@code read} becomes {@code rs}, {@code write}
   * becomes {@code cud}, {@code *} becomes {@code cruds} (SMART App Launch 2.2, section 3.0.2.10).
   *
   * @return empty if the text is no such scope; also when its letters are out of order
   */
  public static Optional<SmartScope> parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String letters =
        switch (matcher.group(3)) {
          case "read" -> "rs";
          case "write" -> "cud";
          case "*" -> "cruds";
          default -> matcher.group(3);
        };
    if (!LETTERS.matcher(letters).matches()) {
      return Optional.empty();
    }
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (Permission permission : Permission.values()) {
      if (letters.indexOf(permission.letter()) >= 0) {
        permissions.add(permission);
      }
    }
    return Optional.of(new SmartScope(matcher.group(1), matcher.group(2), permissions));
  }

  /** Whether this scope alone allows something on a type, or on every type for {@code *}. */
  public boolean allows(String onType, Permission permission) {
    return (type.equals(ANY_TYPE) || type.equals(onType)) && permissions.contains(permission);
  }

  /** As version 2 writes it, letters in order. */
  @Override
  public String toString() {
    return context
        + "/"
        + type
        + "."
        + EnumSet.copyOf(permissions).stream()
            .map(permission -> String.valueOf(permission.letter()))
            .collect(Collectors.joining());
  }
}
