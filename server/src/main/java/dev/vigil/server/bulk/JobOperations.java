package dev.vigil.server.bulk;

import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.api.RequestTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.access.Actors;
import dev.vigil.server.access.Permission;
import dev.vigil.server.fhir.FhirOperations;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.springframework.stereotype.Component;

/**
 * What a client does about its jobs: ask how far they are, fetch files, take them back. Of jobs of
 * others, and of those whose time is over, nobody hears more than that there is none.
 */
@Component
class JobOperations implements FhirOperations {

  private static final String JOB = "_jobId";
  private static final String FILE = "_file";

  /** Of what could not be done: it holds no resource of anybody. */
  private static final String OUTCOME = "OperationOutcome";

  private static final int ASK_AGAIN_SECONDS = 2;

  private final BulkJobs jobs;
  private final BulkFolder folder;
  private final ObjectMapper json = new ObjectMapper();

  JobOperations(BulkJobs jobs, BulkFolder folder) {
    this.jobs = jobs;
    this.folder = folder;
  }

  /** Status of an export; by DELETE its end. */
  @Operation(
      name = "$export-poll-status",
      idempotent = true,
      deleteEnabled = true,
      manualRequest = true,
      manualResponse = true)
  public void exportStatus(RequestDetails request, HttpServletResponse response)
      throws IOException {
    answer(BulkJob.Kind.EXPORT, request, response);
  }

  /** Status of an import; by DELETE its end. */
  @Operation(
      name = "$import-poll-status",
      idempotent = true,
      deleteEnabled = true,
      manualRequest = true,
      manualResponse = true)
  public void importStatus(RequestDetails request, HttpServletResponse response)
      throws IOException {
    answer(BulkJob.Kind.IMPORT, request, response);
  }

  /** A file of the manifest. */
  @Operation(name = "$bulk-file", idempotent = true, manualRequest = true, manualResponse = true)
  public void file(RequestDetails request, HttpServletRequest asked, HttpServletResponse response)
      throws IOException {
    try {
      BulkJob job = find(request);
      BulkFile file = file(job, parameter(request, FILE));
      if (!file.type().equals(OUTCOME) && !mayRead(file.type())) {
        throw new ProblemException(
            new Problem(
                Problem.Kind.FORBIDDEN,
                "",
                "the scopes of the caller do not allow to read " + file.type()));
      }
      send(job, file, asked, response);
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    }
  }

  private void send(
      BulkJob job, BulkFile file, HttpServletRequest asked, HttpServletResponse response)
      throws IOException {
    String accepted = asked.getHeader("Accept-Encoding");
    boolean gzip = accepted != null && accepted.contains("gzip");
    response.setContentType("application/fhir+ndjson");
    response.setCharacterEncoding(StandardCharsets.UTF_8.name());
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Vary", "Accept-Encoding");
    if (gzip) {
      response.setHeader("Content-Encoding", "gzip");
    }
    try (SealedLines.Reader lines = folder.open(job, file.number(), jobs.key(job));
        OutputStream out =
            gzip
                ? new GZIPOutputStream(response.getOutputStream(), 64 * 1024)
                : response.getOutputStream()) {
      lines.copyTo(out);
    }
  }

  private void answer(BulkJob.Kind kind, RequestDetails request, HttpServletResponse response)
      throws IOException {
    try {
      BulkJob job = find(request);
      if (job.kind() != kind) {
        throw missing();
      }
      if (request.getRequestType() == RequestTypeEnum.DELETE) {
        jobs.remove(job.tenant(), job.id());
        folder.remove(job.id());
        response.setStatus(HttpServletResponse.SC_ACCEPTED);
        return;
      }
      switch (job.state()) {
        case WAITING, RUNNING -> {
          response.setStatus(HttpServletResponse.SC_ACCEPTED);
          response.setHeader("X-Progress", job.progress().isEmpty() ? "waiting" : job.progress());
          response.setHeader("Retry-After", Integer.toString(ASK_AGAIN_SECONDS));
        }
        case DONE -> manifest(job, request, response);
        case FAILED -> throw Refusals.failed(job.problem());
      }
    } catch (ProblemException e) {
      throw Refusals.asHttp(e.problems());
    }
  }

  private void manifest(BulkJob job, RequestDetails request, HttpServletResponse response)
      throws IOException {
    ObjectNode manifest = json.createObjectNode();
    manifest.put("transactionTime", job.asOf().orElse(job.createdAt()).toString());
    manifest.put("request", json.readTree(job.asked()).path("request").asText());
    manifest.put("requiresAccessToken", true);
    for (BulkFile.Purpose purpose : BulkFile.Purpose.values()) {
      manifest.putArray(purpose.word());
    }
    for (BulkFile file : jobs.files(job)) {
      manifest
          .withArray(file.purpose().word())
          .addObject()
          .put("type", file.purpose() == BulkFile.Purpose.DELETED ? "Bundle" : file.type())
          .put(
              "url",
              request.getFhirServerBase()
                  + "/$bulk-file?_jobId="
                  + job.id()
                  + "&_file="
                  + file.number())
          .put("count", file.lines());
    }
    response.setStatus(HttpServletResponse.SC_OK);
    response.setContentType("application/json");
    response.setCharacterEncoding(StandardCharsets.UTF_8.name());
    job.expiresAt()
        .ifPresent(
            moment ->
                response.setHeader(
                    "Expires",
                    DateTimeFormatter.RFC_1123_DATE_TIME.format(moment.atOffset(ZoneOffset.UTC))));
    json.writeValue(response.getOutputStream(), manifest);
  }

  private BulkJob find(RequestDetails request) {
    UUID id;
    try {
      id = UUID.fromString(parameter(request, JOB));
    } catch (IllegalArgumentException e) {
      throw missing();
    }
    return jobs.find(RequestOrigin.tenant(request), Actors.current().reference(), id)
        .orElseThrow(JobOperations::missing);
  }

  private BulkFile file(BulkJob job, String number) {
    if (job.state() != BulkJob.State.DONE) {
      throw missing();
    }
    List<BulkFile> files = jobs.files(job);
    return files.stream()
        .filter(file -> Integer.toString(file.number()).equals(number))
        .findFirst()
        .orElseThrow(JobOperations::missing);
  }

  private static boolean mayRead(String type) {
    return AccessDecision.current()
        .filter(caller -> caller.allows(type, Permission.READ))
        .isPresent();
  }

  private static String parameter(RequestDetails request, String name) {
    String[] values = request.getParameters().get(name);
    return values == null || values.length != 1 ? "" : values[0];
  }

  private static ProblemException missing() {
    return new ProblemException(Problem.notFound("", "there is no such job or file"));
  }
}
