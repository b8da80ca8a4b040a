package dev.vigil.server.erasure;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.model.DeleteConflictList;
import ca.uhn.fhir.jpa.dao.expunge.IResourceExpungeService;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.model.entity.ResourceHistoryTablePk;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import dev.vigil.core.PatientId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.erasure.ErasePerson;
import dev.vigil.telemetry.erasure.ErasureSweep;
import dev.vigil.telemetry.log.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Use case: erases a person everywhere. In one transaction the Patient and what belongs to them is
 * deleted with every version, their key is destroyed and the event appended; then their
 * Observations go, some at a time. Of the Patient a deletion without content stays, so that nobody
 * else gets its id.
 */
@Component
class ErasePatient {

  /** The door of the deletions; what an alert's guard lets pass. */
  static final String DOOR = "erasure";

  /**
   * What was erased.
   *
   * @param sequence of the event that tells about it
   * @param resources how many of HAPI's, the Patient included
   * @param observations how many of ours
   */
  record Erased(long sequence, int resources, long observations) {}

  private static final int MOST_VERSIONS = 1_000_000;

  private final TransactionTemplate transactions;
  private final DaoRegistry daos;
  private final PatientRecord record;
  private final IResourceExpungeService<JpaPid, ResourceHistoryTablePk> versions;
  private final ErasePerson erasePerson;
  private final ErasureSweep sweep;

  ErasePatient(
      PlatformTransactionManager transactions,
      DaoRegistry daos,
      PatientRecord record,
      IResourceExpungeService<JpaPid, ResourceHistoryTablePk> versions,
      ErasePerson erasePerson,
      ErasureSweep sweep) {
    this.transactions = new TransactionTemplate(transactions);
    this.daos = daos;
    this.record = record;
    this.versions = versions;
    this.erasePerson = erasePerson;
    this.sweep = sweep;
  }

  /**
   * Erases, for good.
   *
   * @param actor who asked for it, for the log
   * @throws ProblemException NOT_FOUND if there never was such a Patient; CONFLICT if it was done
   *     before, or others refer to the person
   */
  Erased erase(TenantId tenant, PatientId patient, String actor) throws InterruptedException {
    Source source = new Source(DOOR, actor);
    IIdType id = new IdType("Patient", patient.value());
    Erased records = transactions.execute(status -> eraseRecords(tenant, patient, id, source));
    long observations = sweep.sweep(tenant, patient);
    return new Erased(records.sequence(), records.resources(), observations);
  }

  private Erased eraseRecords(TenantId tenant, PatientId patient, IIdType id, Source source) {
    RequestDetails request = RequestOrigin.system(tenant, source);
    JpaPid pid = pidOf(id, request);
    PatientRecord.Found found = record.of(id, pid.getId(), request);
    if (!found.others().isEmpty()) {
      throw new ProblemException(
          Problem.conflict(
              "Patient",
              "others refer to the person, change or delete them first: "
                  + PatientRecord.named(found.others())));
    }
    List<IIdType> all = new ArrayList<>(found.own().values());
    all.add(id);
    // What is left in this list refers to one another or is an Observation that goes as well.
    DeleteConflictList conflicts = new DeleteConflictList();
    all.forEach(conflicts::setResourceIdMarkedForDeletion);
    TransactionDetails details = new TransactionDetails();
    for (IIdType one : all) {
      daos.getResourceDao(one.getResourceType()).delete(one, conflicts, request, details);
    }
    removeVersions(found.own(), pid, request);
    ErasePerson.Erased erased =
        erasePerson.erase(tenant, patient, OptionalLong.of(pid.getId()), source);
    return new Erased(erased.sequence(), all.size(), 0);
  }

  private void removeVersions(Map<Long, IIdType> own, JpaPid patient, RequestDetails request) {
    List<JpaPid> pids =
        own.keySet().stream().map(one -> JpaPid.fromId(one, patient.getPartitionId())).toList();
    AtomicInteger all = new AtomicInteger(MOST_VERSIONS);
    if (!pids.isEmpty()) {
      versions.expungeHistoricalVersionsOfIds(request, pids, all);
      versions.expungeCurrentVersionOfResources(request, pids, all);
    }
    versions.expungeHistoricalVersionsOfIds(request, List.of(patient), all);
  }

  private JpaPid pidOf(IIdType id, RequestDetails request) {
    try {
      JpaPid found =
          (JpaPid) daos.getResourceDao("Patient").readEntity(id, request).getPersistentId();
      return JpaPid.fromId(found.getId(), found.getPartitionId());
    } catch (ResourceNotFoundException e) {
      throw new ProblemException(Problem.notFound("Patient", "there is no such Patient"));
    }
  }
}
