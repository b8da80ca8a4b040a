package dev.vigil.core.event;

import java.util.List;
import java.util.Objects;

/**
 * The JSON of a resource, in a form that many of one kind can share: a text with holes, and what
 * fills them in order. The two are cut out of the JSON itself, so together they give the very same
 * characters.
 *
 * @param template the JSON with {@link #HOLE} in the place of each leaf; never names a person
 * @param leaves as many as the template has holes
 */
public record ResourceContent(String template, List<String> leaves) {

  /** Cannot stand in JSON, where control characters are escaped. */
  public static final char HOLE = '\u0001';

  /** The template of a content that shares nothing: its one leaf is all of it. */
  public static final String WHOLE = String.valueOf(HOLE);

  /** Refuses null and copies the list. */
  public ResourceContent {
    Objects.requireNonNull(template, "template");
    leaves = List.copyOf(leaves);
  }

  /** A content that shares nothing with others. */
  public static ResourceContent whole(String json) {
    return new ResourceContent(WHOLE, List.of(json));
  }

  /** The JSON. */
  public String json() {
    StringBuilder json = new StringBuilder(template.length() + 32 * leaves.size());
    int from = 0;
    for (String leaf : leaves) {
      int hole = template.indexOf(HOLE, from);
      json.append(template, from, hole).append(leaf);
      from = hole + 1;
    }
    return json.append(template, from, template.length()).toString();
  }

  /** Hides what it says. */
  @Override
  public String toString() {
    return "ResourceContent[leaves=" + leaves.size() + "]";
  }
}
