package dev.vigil.server.dashboard;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.server.dashboard.NowView.SilentDevice;
import dev.vigil.telemetry.device.Assigned;
import dev.vigil.telemetry.device.PostgresDeviceAssignments;
import dev.vigil.telemetry.reading.Readings;
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
 * Devices that are somebody's and have not been heard for longer than their signals allow. Silence
 * is a state of its own: never shown as well.
 */
@Component
class SilentDevices {

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
  private final Ward ward;
  private final Clock clock;

  SilentDevices(PostgresDeviceAssignments devices, Readings readings, Ward ward, Clock clock) {
    this.devices = devices;
    this.readings = readings;
    this.ward = ward;
    this.clock = clock;
  }

  /** The longest silent first; devices that never spoke before all others. */
  List<SilentDevice> of(TenantId tenant) {
    Map<Assigned, List<Reading>> heard = new HashMap<>();
    for (Reading reading : readings.latest(tenant)) {
      heard
          .computeIfAbsent(
              new Assigned(reading.device(), reading.patient()), unseen -> new ArrayList<>())
          .add(reading);
    }
    Instant now = clock.instant();
    List<SilentDevice> silent = new ArrayList<>();
    for (Assigned assigned : devices.current(tenant)) {
      List<Reading> newest = heard.getOrDefault(assigned, List.of());
      boolean reporting =
          newest.stream()
              .anyMatch(reading -> reading.measuredAt().plus(allowed(reading)).isAfter(now));
      if (!reporting) {
        Instant last =
            newest.stream().map(Reading::measuredAt).max(Instant::compareTo).orElse(null);
        silent.add(row(tenant, assigned.patient(), assigned.device(), last));
      }
    }
    silent.sort(
        Comparator.comparing(SilentDevice::lastHeard, Comparator.nullsFirst(Instant::compareTo)));
    return silent;
  }

  private SilentDevice row(TenantId tenant, PatientId patient, DeviceId device, Instant last) {
    return new SilentDevice(
        patient.value(), ward.patient(tenant, patient), ward.device(tenant, device), last);
  }

  private static Duration allowed(Reading reading) {
    return switch (reading.metric().id()) {
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
