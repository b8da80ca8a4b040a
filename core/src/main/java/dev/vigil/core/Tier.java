package dev.vigil.core;

/**
 * How urgent an alert is: priorities of IEC 60601-1-8, and technical conditions. In rising order of
 * urgency.
 */
public enum Tier {
  /** A technical condition: goes to operations, the patient counts as not monitored. */
  TECH,
  /** The worklist only. */
  LOW,
  /** Response within half an hour. */
  MEDIUM,
  /** Response within minutes. */
  HIGH
}
