package dev.vigil.server.observation.search;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.TenantId;

/**
 * Whose data a search may see.
 *
 * @param tenant the one of the partition
 * @param partition as HAPI gave it, for inner searches
 * @param request null for work of the server's own
 */
record SearchScope(TenantId tenant, RequestPartitionId partition, RequestDetails request) {}
