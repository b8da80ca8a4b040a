package dev.vigil.telemetry;

import dev.vigil.core.AlertId;
import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.core.event.Alert;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceContent;
import dev.vigil.core.event.ResourcesWritten;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Filled readings and events, to be changed where a test cares. */
public final class TestReadings {

  public static final TenantId TENANT = new TenantId("demo");
  public static final TenantId OTHER_TENANT = new TenantId("other");
  public static final PatientId PATIENT = new PatientId("ward-1");
  public static final DeviceId DEVICE = new DeviceId("sensor-1");
  public static final Metric GLUCOSE = new Metric("glucose-interstitial");
  public static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private TestReadings() {}

  public static Reading glucose(String observation, String value, Instant measuredAt) {
    return reading(observation, DEVICE, PATIENT, Quantity.of(value, "mmol/L"), measuredAt);
  }

  public static Reading reading(
      String observation,
      DeviceId device,
      PatientId patient,
      ReadingValue value,
      Instant measuredAt,
      SignalQuality... quality) {
    return new Reading(
        new ObservationId(observation),
        device,
        patient,
        GLUCOSE,
        value,
        measuredAt,
        NOON.plusSeconds(3600),
        Set.of(quality));
  }

  public static Reading coded(String observation, Instant measuredAt) {
    return reading(
        observation, DEVICE, PATIENT, new Code(Code.MDC, "68230"), measuredAt, SignalQuality.TEST);
  }

  /** An event that can be told from others by its id. */
  public static ResourcesWritten written(String id) {
    return new ResourcesWritten(List.of(created(id, PATIENT)), List.of(glucose(id, "6.30", NOON)));
  }

  /** A new Observation about somebody. */
  public static ResourceChange created(String id, PatientId person) {
    return new ResourceChange(
        "Observation",
        id,
        1,
        ResourceChange.Action.CREATED,
        Optional.of(person),
        Optional.of(
            new ResourceContent(
                "{\"resourceType\":\"Observation\",\"valueString\":\"\u0001\"}", List.of(id))));
  }

  /** The id given to {@link #written}. */
  public static String idOf(Event event) {
    return ((ResourcesWritten) event).changes().get(0).id();
  }

  public static Alert alert() {
    return new Alert(
        new AlertId("5f0d6f52-3d11-4c5e-9a63-2b4f0a6b1c77"),
        "GLU-01",
        "1.0.0",
        Tier.HIGH,
        "glucose-low",
        "Very low glucose",
        NOON.minusSeconds(900),
        NOON,
        List.of(glucose("o-1", "2.90", NOON.minusSeconds(900)), coded("o-2", NOON)));
  }
}
