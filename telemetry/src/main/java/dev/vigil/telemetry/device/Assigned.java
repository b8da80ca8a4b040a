package dev.vigil.telemetry.device;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;

/**
 * A device that is somebody's now.
 *
 * @param device which
 * @param patient whose
 */
public record Assigned(DeviceId device, PatientId patient) {}
