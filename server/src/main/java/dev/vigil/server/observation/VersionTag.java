package dev.vigil.server.observation;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code If-Match} says: the number of a version, as {@code W/"3"}, or without the marks. */
public final class VersionTag {

  /** Why a tag is refused. */
  public static final String WRONG = "names no version, as W/\"1\" does";

  private static final Pattern FORM = Pattern.compile("(?:W/)?\"([0-9]{1,18})\"|([0-9]{1,18})");

  private VersionTag() {}

  /** The number; empty if the tag names none, as {@code *} does not. */
  public static Optional<String> version(String tag) {
    Matcher found = FORM.matcher(tag.strip());
    return found.matches()
        ? Optional.of(found.group(1) == null ? found.group(2) : found.group(1))
        : Optional.empty();
  }
}
