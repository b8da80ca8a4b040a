package dev.vigil.telemetry.reading;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourcesWritten;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Checked device readings. They are read out of the Observations, so nothing but the newest of each
 * signal is written for them. Every question names its tenant.
 */
public interface Readings {

  /**
   * What an event tells.
   *
   * @param sequence of the event
   */
  record Told(TenantId tenant, long sequence, ResourcesWritten written) {}

  /**
   * Follows what was written, in the transaction that writes it and after the rows of the
   * Observations: moves the newest reading of each signal on, and back where it was replaced or
   * taken away.
   *
   * @param told in the order of the log
   */
  void follow(List<Told> told);

  /** Readings that Observations gave before they were changed or deleted, in no order. */
  List<Reading> before(TenantId tenant, List<ResourceChange> changes);

  /**
   * Readings of one signal, oldest first, also those that may not be evaluated.
   *
   * @param from event time, inclusive
   * @param to event time, inclusive
   * @param upToSequence only what the log had told by that event; {@link Long#MAX_VALUE} for all
   */
  List<Reading> window(
      TenantId tenant,
      PatientId patient,
      Metric metric,
      Instant from,
      Instant to,
      long upToSequence);

  /**
   * Readings of several signals as some events of the log found them, in one statement: with those
   * that were corrected or taken back at one of these events or since.
   *
   * @param first sequence of the first of these events
   * @param last sequence of the last one
   * @param most gives up when there are more readings than that
   * @return of each stretch, in event order, also those that may not be evaluated; empty if there
   *     were too many
   */
  Optional<List<List<KnownReading>>> windows(
      List<SignalStretch> stretches, long first, long last, int most);

  /** The newest reading of each metric of each patient, for every assigned signal of the tenant. */
  List<Reading> latest(TenantId tenant);

  /**
   * When each signal was last measured.
   *
   * @param device which measured it
   * @param patient whose it is
   * @param metric what
   * @param measuredAt event time of its newest reading
   */
  record Heard(DeviceId device, PatientId patient, Metric metric, Instant measuredAt) {}

  /**
   * Every signal of the devices that are somebody's now; of two devices with one metric both. A
   * device that never sent anything for its patient is not among them.
   */
  List<Heard> heard(TenantId tenant);

  /** The newest reading of each metric of a patient. */
  List<Reading> latest(TenantId tenant, PatientId patient);

  /**
   * Moves the newest readings of a time back where their Observations are no longer there, in the
   * caller's transaction.
   *
   * @param from event time, inclusive
   * @param before event time, exclusive
   */
  void expired(TenantId tenant, Instant from, Instant before);

  /**
   * Forgets the newest readings of a patient. The others go with the Observations.
   *
   * @return how many readings the patient's Observations give
   */
  int erase(TenantId tenant, PatientId patient);
}
