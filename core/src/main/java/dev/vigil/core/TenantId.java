package dev.vigil.core;

import java.util.regex.Pattern;

/**
 * A tenant: one hospital or programme whose data nobody else sees. Equals the name of its HAPI
 * partition.
 *
 * @param value lower-case letters, digits and dashes, at most 40, beginning with a letter
 */
public record TenantId(String value) {

  private static final Pattern SHAPE = Pattern.compile("[a-z][a-z0-9-]{0,39}");

  /**
   * Checks the shape.
   *
   * @throws IllegalArgumentException if the value has another shape
   */
  public TenantId {
    if (value == null || !SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a tenant is named by lower-case letters, digits and dashes");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
