package dev.vigil.subscriptions.rule;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;

/** A patient of a tenant. */
record Person(TenantId tenant, PatientId patient) {}
