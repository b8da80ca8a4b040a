package dev.vigil.server.access;

/**
 * What a person who logs in is to the tenant; decides what they may do, see {@code AccessDecision}.
 */
public enum Role {
  /** Reads all of the tenant, acknowledges and resolves alerts. */
  PHYSICIAN,
  /** As a physician. */
  NURSE,
  /** A monitored person: nothing over FHIR so far. */
  PATIENT,
  /** Cares for the devices: reads devices and their metrics, no clinical data. */
  ENGINEER,
  /** Runs the installation: devices, rules, destinations and conformance, no clinical data. */
  ADMIN
}
