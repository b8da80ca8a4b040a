package dev.vigil.server.bulk;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.access.Actors;
import dev.vigil.server.fhir.RequestOrigin;
import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Takes new jobs. */
@Component
public class BulkDoor {

  private final BulkJobs jobs;
  private final BulkRunner runner;

  BulkDoor(BulkJobs jobs, BulkRunner runner) {
    this.jobs = jobs;
    this.runner = runner;
  }

  /**
   * Adds a job for the caller and answers where to ask for it.
   *
   * @param asked in the words of the kind
   * @throws ProblemException THROTTLED if the caller has too many jobs
   */
  public void accept(
      BulkJob.Kind kind, String asked, RequestDetails request, HttpServletResponse response) {
    TenantId tenant = RequestOrigin.tenant(request);
    UUID id = jobs.add(tenant, kind, Actors.current().reference(), asked);
    runner.wake();
    response.setStatus(HttpServletResponse.SC_ACCEPTED);
    response.setHeader(
        "Content-Location",
        request.getFhirServerBase() + "/$" + kind.word() + "-poll-status?_jobId=" + id);
    response.setContentLength(0);
  }
}
