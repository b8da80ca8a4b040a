package dev.vigil.server.intake;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.intake.PendingWrites.Write;
import dev.vigil.server.observation.TransactionWrites;
import dev.vigil.telemetry.device.DeviceAssignments;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.reading.Readings;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DeviceMetric;
import org.hl7.fhir.r4.model.Observation;

/**
 * Records what a transaction wrote: devices first, so that a reading may name a device of its own
 * message, then the readings, then one event. The log's lock comes last.
 */
final class Recorder {

  private final ReadingCheck check;
  private final DeviceAssignments devices;
  private final Readings readings;
  private final EventLog log;
  private final ChangeContents contents;
  private final Clock clock;

  Recorder(
      ReadingCheck check,
      DeviceAssignments devices,
      Readings readings,
      EventLog log,
      ChangeContents contents,
      Clock clock) {
    this.check = check;
    this.devices = devices;
    this.readings = readings;
    this.log = log;
    this.contents = contents;
    this.clock = clock;
  }

  /**
   * Records in the running transaction.
   *
   * @throws ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException if a device reading is
   *     refused: the transaction rolls back
   */
  void record(TenantId tenant, Source source, List<Write> writes) {
    Instant now = clock.instant();
    Set<DeviceId> newDevices = recordDevices(tenant, writes, now);
    List<Reading> accepted = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Write write : writes) {
      if (write.resource() instanceof Observation observation) {
        accepted.addAll(accept(tenant, write, observation, now, newDevices, problems));
      }
    }
    if (!problems.isEmpty()) {
      throw Refusals.asHttp(problems);
    }
    List<ResourceChange> changes = writes.stream().map(contents::of).toList();
    ResourcesWritten written = new ResourcesWritten(changes, accepted);
    long sequence = append(tenant, source, written);
    TransactionWrites.finish(sequence);
    readings.follow(List.of(new Readings.Told(tenant, sequence, written)));
  }

  private long append(TenantId tenant, Source source, ResourcesWritten written) {
    try {
      return log.append(tenant, source, written);
    } catch (ProblemException refusal) {
      throw Refusals.asHttp(refusal.problems());
    }
  }

  private Set<DeviceId> recordDevices(TenantId tenant, List<Write> writes, Instant now) {
    Set<DeviceId> created = new HashSet<>();
    for (Write write : writes) {
      if (write.change().action() == Action.DELETED) {
        if (write.resource() instanceof DeviceMetric) {
          devices.deviceMetricDeleted(tenant, write.change().id());
        }
        continue;
      }
      if (write.resource() instanceof Device device) {
        devices.deviceWritten(tenant, device, now);
        if (write.change().action() == Action.CREATED) {
          created.add(new DeviceId(write.change().id()));
        }
      } else if (write.resource() instanceof DeviceMetric metric) {
        devices.deviceMetricWritten(tenant, metric);
      }
    }
    return created;
  }

  /** When its row says that it was written. */
  private static Instant receivedAt(Observation observation, Instant now) {
    Date updated = observation.getMeta().getLastUpdated();
    return updated == null ? now : updated.toInstant();
  }

  private List<Reading> accept(
      TenantId tenant,
      Write write,
      Observation observation,
      Instant now,
      Set<DeviceId> newDevices,
      List<Problem> problems) {
    if (write.change().action() == Action.DELETED) {
      return List.of();
    }
    try {
      return check.accept(tenant, observation, receivedAt(observation, now), newDevices);
    } catch (ProblemException refusal) {
      for (Problem problem : refusal.problems()) {
        problems.add(
            new Problem(
                problem.kind(),
                Entries.place(write.prefix(), observation, problem.expression()),
                problem.message()));
      }
      return List.of();
    }
  }
}
