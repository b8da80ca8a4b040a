package dev.vigil.telemetry.aggregate;

import dev.vigil.core.Metric;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;

/** One metric of one patient. */
record Signal(TenantId tenant, PatientId patient, Metric metric) {}
