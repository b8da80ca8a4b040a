package dev.vigil.server.bulk.export;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import dev.vigil.core.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Which resources of a type to give.
 *
 * @param since written after that moment; null for all
 * @param asOf as they were at that moment
 * @param filters has to meet one; empty for all
 * @param numbers of the patients, for the tables; null for any patient
 * @param patients their ids; null for any patient
 * @param ofPatients whether only what belongs to patients is meant
 */
record Extract(
    TenantId tenant,
    String type,
    RequestPartitionId partition,
    Instant since,
    Instant asOf,
    List<SearchParameterMap> filters,
    List<Long> numbers,
    Set<String> patients,
    boolean ofPatients) {}
