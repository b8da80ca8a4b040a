package dev.vigil.subscriptions.alert;

/** What a person can do to an alert. */
public enum AlertStep {
  /** To take it on. */
  ACKNOWLEDGE,
  /** To close it. */
  RESOLVE
}
