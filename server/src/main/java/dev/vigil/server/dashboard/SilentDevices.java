package dev.vigil.server.dashboard;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.device.Assigned;
import dev.vigil.telemetry.device.PostgresDeviceAssignments;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.telemetry.reading.Readings.Heard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Devices that are somebody's and of which a signal has not been heard for longer than that signal
 * allows. Silence is a state of its own: never shown as well. A device may be silent in one signal
 * only, as a monitor whose finger probe came off.
 */
@Component
class SilentDevices {

  /**
   * A device that is silent, wholly or in part.
   *
   * @param metrics its silent signals; empty if it sent nothing in time
   * @param lastHeard event time of the newest reading of what is silent; null if it never sent one
   */
  record Silence(PatientId patient, DeviceId device, List<Metric> metrics, Instant lastHeard) {}

  /** Probe off for 10 minutes (rule OXY-10): continuous signals. */
  private static final Duration CONTINUOUS = Duration.ofMinutes(10);

  /** No glucose for 60 minutes (rule GLU-11). */
  private static final Duration GLUCOSE = Duration.ofMinutes(60);

  /** An implant's monitor unheard for 14 days (rule PM-11). */
  private static final Duration IMPLANT = Duration.ofDays(14);

  /** Spot checks such as weight and cuff pressure: a day. */
  private static final Duration SPOT = Duration.ofDays(1);

  private final PostgresDeviceAssignments devices;
  private final Readings readings;
  private final Clock clock;

  SilentDevices(PostgresDeviceAssignments devices, Readings readings, Clock clock) {
    this.devices = devices;
    this.readings = readings;
    this.clock = clock;
  }

  /** Devices that never spoke first, then the longest silent. */
  List<Silence> of(TenantId tenant) {
    Map<Assigned, List<Heard>> heard = new HashMap<>();
    for (Heard signal : readings.heard(tenant)) {
      heard
          .computeIfAbsent(
              new Assigned(signal.device(), signal.patient()), unseen -> new ArrayList<>())
          .add(signal);
    }
    Instant now = clock.instant();
    List<Silence> silent = new ArrayList<>();
    for (Assigned assigned : devices.current(tenant)) {
      List<Heard> signals = heard.getOrDefault(assigned, List.of());
      List<Heard> late = signals.stream().filter(signal -> late(signal, now)).toList();
      if (!late.isEmpty() || signals.isEmpty()) {
        silent.add(silence(assigned, signals, late));
      }
    }
    silent.sort(
        Comparator.comparing(Silence::lastHeard, Comparator.nullsFirst(Comparator.naturalOrder())));
    return silent;
  }

  /**
   * Wholly silent is also a device of which nothing came after its late signals: that a blood
   * pressure of five minutes ago is still in time says nothing about the device.
   */
  private static Silence silence(Assigned assigned, List<Heard> signals, List<Heard> late) {
    Instant last = newest(late);
    boolean wholly =
        late.size() == signals.size() || !newest(signals).isAfter(last.plus(CONTINUOUS));
    return new Silence(
        assigned.patient(),
        assigned.device(),
        wholly ? List.of() : late.stream().map(Heard::metric).toList(),
        wholly ? newest(signals) : last);
  }

  private static Instant newest(List<Heard> signals) {
    return signals.stream().map(Heard::measuredAt).max(Comparator.naturalOrder()).orElse(null);
  }

  private static boolean late(Heard signal, Instant now) {
    return signal.measuredAt().plus(allowed(signal.metric())).isBefore(now);
  }

  private static Duration allowed(Metric metric) {
    return switch (metric.id()) {
      case "spo2",
          "heart-rate",
          "pulse-rate",
          "respiratory-rate",
          "oxygen-flow",
          "oxygen-concentration" ->
          CONTINUOUS;
      case "glucose-interstitial" -> GLUCOSE;
      case "glucose-capillary",
          "systolic-pressure",
          "diastolic-pressure",
          "mean-pressure",
          "body-temperature",
          "body-weight",
          "device-battery" ->
          SPOT;
      default -> IMPLANT;
    };
  }
}
