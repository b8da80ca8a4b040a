package dev.vigil.server.bulk.export;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.api.svc.ResolveIdentityMode;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import dev.vigil.core.TenantId;
import dev.vigil.server.bulk.BulkFile;
import dev.vigil.server.bulk.BulkFile.Purpose;
import dev.vigil.server.bulk.BulkJob;
import dev.vigil.server.bulk.BulkProblem;
import dev.vigil.server.bulk.BulkRun;
import dev.vigil.server.bulk.BulkWork;
import dev.vigil.server.bulk.OtherRequests;
import dev.vigil.server.bulk.TenantTypes;
import dev.vigil.server.bulk.export.ExportRequest.Level;
import dev.vigil.server.observation.SyntheticPid;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Does exports: type by type, page by page, never more than a page in memory. What another attempt
 * left is kept as far as its files are finished.
 */
@Component
class ExportWork implements BulkWork {

  private static final String END = "end";
  private static final int IDS_AT_ONCE = 500;

  private final StoredPages stored;
  private final ObservationPages observations;
  private final DeletedResources deleted;
  private final TenantTypes exported;
  private final OpenTransactions transactions;
  private final MatchUrlService searches;
  private final IIdHelperService<JpaPid> ids;
  private final TransactionTemplate reading;
  private final OtherRequests others;
  private final FhirContext context;
  private final PatientTypes patientTypes;
  private final Clock clock;

  ExportWork(
      StoredPages stored,
      ObservationPages observations,
      DeletedResources deleted,
      TenantTypes exported,
      OpenTransactions transactions,
      MatchUrlService searches,
      IIdHelperService<JpaPid> ids,
      PlatformTransactionManager transactionManager,
      OtherRequests others,
      FhirContext context,
      Clock clock) {
    this.stored = stored;
    this.observations = observations;
    this.deleted = deleted;
    this.exported = exported;
    this.transactions = transactions;
    this.searches = searches;
    this.ids = ids;
    this.reading = new TransactionTemplate(transactionManager);
    this.others = others;
    this.context = context;
    this.patientTypes = new PatientTypes(context);
    this.clock = clock;
  }

  @Override
  public BulkJob.Kind kind() {
    return BulkJob.Kind.EXPORT;
  }

  @Override
  public void run(BulkRun run) throws IOException, BulkProblem {
    ExportRequest request = ExportRequest.of(run.asked());
    Instant asOf = run.asOf(clock.instant());
    transactions.await(() -> run.tell("waiting for what is being written"));
    List<Long> numbers = numbers(run.tenant(), request.patients());
    Map<String, String> positions = new HashMap<>();
    for (BulkFile file : run.finished()) {
      positions.put(file.purpose() + " " + file.type(), file.position());
    }
    try {
      Progress progress = new Progress(run);
      for (String type : request.types()) {
        Extract extract = extract(run.tenant(), request, type, numbers, asOf);
        write(run, extract, positions.getOrDefault(Purpose.OUTPUT + " " + type, "0"), progress);
      }
      if (request.since() != null) {
        for (String type : request.types()) {
          if (!positions.containsKey(Purpose.DELETED + " " + type)) {
            writeDeleted(run, extract(run.tenant(), request, type, numbers, asOf), progress);
          }
        }
      }
    } catch (BaseServerResponseException e) {
      if (request.filters().isEmpty()) {
        throw e;
      }
      // Its words are HAPI's and may quote the search.
      throw new BulkProblem("a filter of the export cannot be answered");
    }
  }

  private Extract extract(
      TenantId tenant, ExportRequest request, String type, List<Long> numbers, Instant asOf) {
    List<SearchParameterMap> filters = new ArrayList<>();
    for (String filter : request.filters().getOrDefault(type, List.of())) {
      filters.add(searches.translateMatchUrl(filter, context.getResourceDefinition(type)));
    }
    return new Extract(
        tenant,
        type,
        exported.partition(tenant, type),
        request.sinceMoment().orElse(null),
        asOf,
        filters,
        numbers,
        request.patients() == null ? null : Set.copyOf(request.patients()),
        request.level() == Level.PATIENT);
  }

  private void write(BulkRun run, Extract extract, String position, Progress progress)
      throws IOException {
    if (position.equals(END) || extract.numbers() != null && extract.numbers().isEmpty()) {
      return;
    }
    PageSource source = extract.type().equals(SyntheticPid.TYPE) ? observations : stored;
    Cursor cursor = new Cursor(Long.parseLong(position));
    try (BulkRun.Lines lines = run.lines(Purpose.OUTPUT, extract.type())) {
      while (!cursor.last) {
        others.standBackFor(() -> cursor.turn(source, extract, lines, progress));
        progress.tell(extract.type());
        if (!cursor.last) {
          lines.endWhenLong(Long.toString(cursor.after));
        }
      }
      lines.end(END);
    }
  }

  /** Where an extract is. */
  private final class Cursor {
    private long after;
    private boolean last;

    private Cursor(long after) {
      this.after = after;
    }

    private void turn(PageSource source, Extract extract, BulkRun.Lines lines, Progress progress)
        throws IOException {
      Page page = source.after(extract, after);
      after = page.position();
      last = page.last();
      for (Resource resource : page.resources()) {
        if (!extract.ofPatients() || patientTypes.belongs(resource, extract.patients())) {
          lines.add(context.newJsonParser().encodeResourceToString(resource));
          progress.count();
        }
      }
    }
  }

  /** Each page a transaction Bundle that deletes: what the client has to do to be up to date. */
  private void writeDeleted(BulkRun run, Extract extract, Progress progress) throws IOException {
    try (BulkRun.Lines lines = run.lines(Purpose.DELETED, extract.type())) {
      long after = 0;
      DeletedResources.DeletedPage page;
      do {
        page = deleted.after(extract, after);
        after = page.position();
        if (!page.ids().isEmpty()) {
          lines.add(context.newJsonParser().encodeResourceToString(deleting(page.ids())));
        }
        progress.tell(extract.type());
      } while (!page.last());
      lines.end(END);
    }
  }

  private static Bundle deleting(List<IdType> ids) {
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    ids.forEach(
        id -> bundle.addEntry().getRequest().setMethod(HTTPVerb.DELETE).setUrl(id.getValue()));
    return bundle;
  }

  /** HAPI's numbers of patients; those that are gone are left out. */
  private List<Long> numbers(TenantId tenant, List<String> patients) {
    if (patients == null) {
      return null;
    }
    RequestPartitionId partition = exported.partition(tenant, "Patient");
    List<Long> numbers = new ArrayList<>();
    for (int from = 0; from < patients.size(); from += IDS_AT_ONCE) {
      List<IIdType> some = new ArrayList<>();
      patients
          .subList(from, Math.min(from + IDS_AT_ONCE, patients.size()))
          .forEach(id -> some.add(new IdType("Patient", id)));
      reading.executeWithoutResult(
          status ->
              ids.resolveResourcePids(
                      partition, some, ResolveIdentityMode.includeDeleted().cacheOk())
                  .forEach(pid -> numbers.add(pid.getId())));
    }
    return numbers;
  }

  /** Says how far the export is. */
  private static final class Progress {
    private final BulkRun run;
    private long resources;

    Progress(BulkRun run) {
      this.run = run;
    }

    void count() {
      resources++;
    }

    void tell(String type) {
      run.tell("at " + type + ", " + resources + " resources so far");
    }
  }
}
