package dev.vigil.server.erasure;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Task;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What HAPI's tables hold about a person: the resources of the Patient's compartment that are in
 * nobody else's, and the person's Tasks, which R4 has in no compartment. A Group is never one
 * person's, and a Device goes on to the next.
 */
@Component
class PatientRecord {

  /**
   * What belongs to the person, and who else refers to it.
   *
   * @param own ids by number in HAPI's tables, without the Patient
   * @param others resources of others that refer to the person or to what is theirs
   */
  record Found(Map<Long, IIdType> own, List<String> others) {}

  private static final Set<String> NOT_ONES = Set.of("Group", "Patient", "Device");

  private final JdbcClient jdbc;
  private final DaoRegistry daos;
  private final FhirContext context;

  PatientRecord(DataSource dataSource, DaoRegistry daos, FhirContext context) {
    this.jdbc = JdbcClient.create(dataSource);
    this.daos = daos;
    this.context = context;
  }

  Found of(IIdType patient, long pid, RequestDetails request) {
    Map<Long, IIdType> own = new TreeMap<>();
    Map<Long, IIdType> others = new TreeMap<>();
    referringTo(Set.of(pid))
        .forEach(
            (number, id) -> (belongs(read(id, request), patient) ? own : others).put(number, id));
    Set<Long> all = new HashSet<>(own.keySet());
    all.add(pid);
    others.putAll(referringTo(own.keySet()));
    others.keySet().removeAll(all);
    return new Found(own, others.values().stream().map(IIdType::getValue).sorted().toList());
  }

  /** Living resources with a reference to one of these; Observations have no row there. */
  private Map<Long, IIdType> referringTo(Set<Long> targets) {
    Map<Long, IIdType> found = new TreeMap<>();
    if (targets.isEmpty()) {
      return found;
    }
    jdbc.sql(
            """
            select distinct source.res_id, source.res_type, source.fhir_id
            from hapi.hfj_res_link as link
            join hapi.hfj_resource as source on source.res_id = link.src_resource_id
            where link.target_resource_id = any(:targets) and source.res_deleted_at is null
            """)
        .param("targets", targets.toArray(Long[]::new), Types.ARRAY)
        .query(
            row -> {
              found.put(
                  row.getLong("res_id"),
                  new IdType(row.getString("res_type"), row.getString("fhir_id")));
            });
    return found;
  }

  private IBaseResource read(IIdType id, RequestDetails request) {
    return daos.getResourceDao(id.getResourceType()).read(id, request);
  }

  private boolean belongs(IBaseResource resource, IIdType patient) {
    if (NOT_ONES.contains(resource.fhirType())) {
      return false;
    }
    if (resource instanceof Task task) {
      return patient.getValue().equals(task.getFor().getReference());
    }
    Set<String> owners =
        context.newTerser().getCompartmentOwnersForResource("Patient", resource, Set.of()).stream()
            .map(owner -> owner.toUnqualifiedVersionless().getValue())
            .collect(Collectors.toSet());
    return owners.equals(Set.of(patient.getValue()));
  }

  /** Some of the names, for a message. */
  static String named(List<String> others) {
    List<String> some = new ArrayList<>(others.subList(0, Math.min(10, others.size())));
    if (others.size() > some.size()) {
      some.add("and " + (others.size() - some.size()) + " more");
    }
    return String.join(", ", some);
  }
}
