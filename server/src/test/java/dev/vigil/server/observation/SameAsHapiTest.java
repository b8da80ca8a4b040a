package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.interceptor.api.IAnonymousInterceptor;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.DiagnosticReport;
import org.hl7.fhir.r4.model.DiagnosticReport.DiagnosticReportStatus;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The same requests for an Observation and for a resource that HAPI keeps itself: the same answers,
 * and the same hooks in the same order.
 */
class SameAsHapiTest {

  private static final List<Pointcut> WATCHED =
      List.of(
          Pointcut.STORAGE_PRESTORAGE_CLIENT_ASSIGNED_ID,
          Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED,
          Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED,
          Pointcut.STORAGE_PRESTORAGE_RESOURCE_DELETED,
          Pointcut.STORAGE_PRESTORAGE_RESOURCE_PREPATCH,
          Pointcut.STORAGE_PRESTORAGE_DELETE_CONFLICTS,
          Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED,
          Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED,
          Pointcut.STORAGE_PRECOMMIT_RESOURCE_DELETED,
          Pointcut.STORAGE_PREACCESS_RESOURCES,
          Pointcut.STORAGE_PRESHOW_RESOURCES,
          Pointcut.STORAGE_PRESEARCH_REGISTERED,
          Pointcut.STORAGE_TRANSACTION_PROCESSING,
          Pointcut.STORAGE_TRANSACTION_PROCESSED);

  private final Hospital hospital = new Hospital();
  private final IInterceptorService hooks = hospital.server().bean(IInterceptorService.class);
  private final List<String> fired = Collections.synchronizedList(new ArrayList<>());
  private final List<Object> watchers = new ArrayList<>();

  @BeforeEach
  void watch() {
    for (Pointcut pointcut : WATCHED) {
      IAnonymousInterceptor watcher =
          (at, params) -> {
            // The server itself works in the meantime.
            if (params.get(RequestDetails.class) instanceof ServletRequestDetails) {
              fired.add(at.name());
            }
          };
      hooks.registerAnonymousInterceptor(pointcut, watcher);
      watchers.add(watcher);
    }
  }

  @AfterEach
  void stopWatching() {
    hooks.unregisterInterceptors(watchers);
  }

  @Test
  void singleRequests() {
    assertThat(singleRequests(new Observation())).isEqualTo(singleRequests(new DiagnosticReport()));
  }

  @Test
  void transactions() {
    assertThat(transactions(new Observation())).isEqualTo(transactions(new DiagnosticReport()));
  }

  private List<String> singleRequests(Resource kind) {
    String type = kind.fhirType();
    List<String> seen = new ArrayList<>();
    String mark = UUID.randomUUID().toString();
    Answer created = hospital.post(type, resource(kind, mark, false));
    seen.add(seen("post", created));
    String path = type + "/" + created.resource(kind.getClass()).getIdElement().getIdPart();
    seen.add(seen("read", hospital.get(path)));
    seen.add(seen("same", hospital.put(path, named(resource(kind, mark, false), path))));
    seen.add(seen("put", hospital.put(path, named(resource(kind, mark, true), path))));
    seen.add(seen("vread", hospital.get(path + "/_history/1")));
    seen.add(seen("no version", hospital.get(path + "/_history/7")));
    seen.add(seen("history", hospital.get(path + "/_history")));
    seen.add(seen("patch", patch(path)));
    seen.add(seen("stale", ifMatch(path, resource(kind, mark, false), 1)));
    String condition = "identifier=" + Hospital.SYSTEM + "%7C" + mark;
    seen.add(seen("if none", ifNone(type, resource(kind, mark, false), condition)));
    seen.add(seen("if none new", ifNone(type, resource(kind, mark + "n", false), condition + "n")));
    seen.add(seen("if found", hospital.put(type + "?" + condition, resource(kind, mark, false))));
    seen.add(
        seen(
            "client",
            hospital.put(
                type + "/" + mark, named(resource(kind, mark + "c", false), type + "/" + mark))));
    seen.add(seen("unlike", ifNone(type, resource(kind, mark + "u", false), condition + "x")));
    seen.add(seen("unknown", hospital.get(type + "/nobody")));
    seen.add(seen("dangling", hospital.post(type, dangling(kind))));
    seen.add(seen("delete", hospital.send("DELETE", path, null)));
    seen.add(seen("gone", hospital.get(path)));
    seen.add(seen("again", hospital.send("DELETE", path, null)));
    seen.add(seen("never", hospital.send("DELETE", type + "/nobody", null)));
    seen.add(seen("history", hospital.get(path + "/_history")));
    seen.add(seen("back", hospital.put(path, named(resource(kind, mark, true), path))));
    seen.add(seen("delete if", hospital.send("DELETE", type + "?" + condition, null)));
    seen.add(seen("none", hospital.send("DELETE", type + "?" + condition + "z", null)));
    return seen;
  }

  private List<String> transactions(Resource kind) {
    String type = kind.fhirType();
    String mark = UUID.randomUUID().toString();
    List<String> seen = new ArrayList<>();
    Bundle create =
        Bedside.posting(
            BundleType.TRANSACTION, resource(kind, mark, false), resource(kind, mark + "b", false));
    create
        .getEntry()
        .get(0)
        .getRequest()
        .setIfNoneExist(type + "?identifier=" + Hospital.SYSTEM + "%7C" + mark);
    Answer created = hospital.post(create);
    seen.add(seen("create", created) + created.entryStatuses());
    List<String> paths = created.entryLocations();
    Answer repeated = hospital.post(create);
    seen.add(seen("repeat", repeated) + repeated.entryStatuses());
    Bundle change = new Bundle().setType(BundleType.TRANSACTION);
    change
        .addEntry()
        .setResource(named(resource(kind, mark, true), paths.get(0)))
        .getRequest()
        .setMethod(HTTPVerb.PUT)
        .setUrl(paths.get(0));
    change.addEntry().getRequest().setMethod(HTTPVerb.DELETE).setUrl(paths.get(1));
    change.addEntry().getRequest().setMethod(HTTPVerb.GET).setUrl(paths.get(0));
    Answer changed = hospital.post(change);
    seen.add(seen("change", changed) + changed.entryStatuses());
    seen.add(changed.bundle().getEntry().get(0).getResponse().getEtag());
    return seen;
  }

  /** What a client and an interceptor see of a request. */
  private String seen(String name, Answer answer) {
    String outcome = answer.body().replaceAll("(?s).*\"code\":\"([A-Z_]+)\".*", "$1");
    String seen =
        name
            + " "
            + answer.status()
            + " "
            + answer.headers().firstValue("ETag").orElse("-")
            + " "
            + (outcome.equals(answer.body()) ? "" : outcome)
            + " "
            + fired;
    fired.clear();
    return seen;
  }

  private Answer patch(String path) {
    return hospital.send(
        hospital
            .server()
            .fhirRequest(path, hospital.admin())
            .setHeader("Content-Type", "application/json-patch+json")
            .setHeader("Prefer", "return=OperationOutcome")
            .method(
                "PATCH",
                BodyPublishers.ofString(
                    "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"corrected\"}]")));
  }

  private Answer ifMatch(String path, Resource resource, int version) {
    return hospital.send(
        hospital
            .server()
            .fhirRequest(path, hospital.admin())
            .header("If-Match", "W/\"" + version + "\"")
            .PUT(BodyPublishers.ofString(Hospital.json(named(resource, path)))));
  }

  private Answer ifNone(String type, Resource resource, String condition) {
    return hospital.send(
        hospital
            .server()
            .fhirRequest(type, hospital.admin())
            .header("If-None-Exist", condition)
            .setHeader("Prefer", "return=OperationOutcome")
            .POST(BodyPublishers.ofString(Hospital.json(resource))));
  }

  private static Resource named(Resource resource, String path) {
    resource.setId(path);
    return resource;
  }

  /** Of a shape that comes once, so that it takes the way of the hooks. */
  private static Resource resource(Resource kind, String mark, boolean changed) {
    CodeableConcept code = new CodeableConcept().setText("note " + mark);
    return kind instanceof Observation
        ? new Observation()
            .addIdentifier(Hospital.identifier(mark))
            .setStatus(changed ? ObservationStatus.AMENDED : ObservationStatus.FINAL)
            .setCode(code)
        : new DiagnosticReport()
            .addIdentifier(Hospital.identifier(mark))
            .setStatus(changed ? DiagnosticReportStatus.AMENDED : DiagnosticReportStatus.FINAL)
            .setCode(code);
  }

  private static Resource dangling(Resource kind) {
    Reference nobody = new Reference("Patient/nobody");
    Resource resource = resource(kind, UUID.randomUUID().toString(), false);
    if (resource instanceof Observation observation) {
      observation.setSubject(nobody);
    } else if (resource instanceof DiagnosticReport report) {
      report.setSubject(nobody);
    }
    return resource;
  }
}
