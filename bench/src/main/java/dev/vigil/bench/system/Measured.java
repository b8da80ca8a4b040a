package dev.vigil.bench.system;

/** A FHIR server and the database behind it. */
public interface Measured extends AutoCloseable {

  /** Its REST API, for devices and readers alike. */
  FhirDoor door();

  /** Its database, as superuser. */
  StoreDatabase database();

  /** Id of its process. */
  long pid();

  /** How far what runs behind the writes has fallen behind. */
  Lag lag();

  @Override
  void close();
}
