package dev.vigil.telemetry.reading;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.List;

/** Checked device readings. Every question names its tenant. */
public interface Readings {

  /**
   * Adds readings in the caller's transaction. Readings that an earlier version of their
   * Observation gave are replaced.
   *
   * @param sequence of the event that tells about them
   */
  void record(TenantId tenant, long sequence, List<Reading> readings);

  /**
   * Removes what an Observation gave, in the caller's transaction: it was deleted or entered in
   * error.
   *
   * @param sequence of the event that tells so
   */
  void remove(TenantId tenant, long sequence, ObservationId observation);

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
   * Deletes all there is of a patient.
   *
   * @return how many readings there were
   */
  int erase(TenantId tenant, PatientId patient);
}
