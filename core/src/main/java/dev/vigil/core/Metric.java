package dev.vigil.core;

import java.util.Objects;

/**
 * What is measured, by Vigil's own name, for example {@code glucose-interstitial}, {@code spo2} or
 * {@code systolic-pressure}. The metric catalogue of {@code terminology} maps LOINC and MDC codes
 * to it and knows its units and plausible range.
 *
 * @param id lower-case words joined by dashes
 */
public record Metric(String id) {

  /** Refuses null. */
  public Metric {
    Objects.requireNonNull(id, "id");
  }

  @Override
  public String toString() {
    return id;
  }
}
