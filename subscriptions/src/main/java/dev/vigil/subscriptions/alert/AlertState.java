package dev.vigil.subscriptions.alert;

import java.util.Locale;

/** Where an alert is in its life. In the order a ward page shows them. */
public enum AlertState {
  /** Nobody took it on yet. */
  RAISED,
  /** Somebody took it on: it is silent until the condition clears and returns. */
  ACKNOWLEDGED,
  /** Closed for good. */
  RESOLVED;

  /** Code of {@code https://vigil.dev/fhir/CodeSystem/alert-state}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
