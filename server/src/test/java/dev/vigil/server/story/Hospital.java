package dev.vigil.server.story;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.server.VigilServer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** What stories do at the FHIR endpoint of the shared server, in the rights of the demo's admin. */
public final class Hospital {

  /** System of the identifiers that stories give. */
  public static final String SYSTEM = "urn:vigil:story";

  private final VigilServer server = VigilServer.get();

  /** The server itself. */
  public VigilServer server() {
    return server;
  }

  /** A token that may do everything. */
  public String admin() {
    return server.token("demo-admin", "");
  }

  /** GET below the endpoint. */
  public Answer get(String path) {
    return send("GET", path, null);
  }

  /** POST of a resource; an empty path is the endpoint itself. */
  public Answer post(String path, Resource resource) {
    return send("POST", path, json(resource));
  }

  /** PUT of a resource. */
  public Answer put(String path, Resource resource) {
    return send("PUT", path, json(resource));
  }

  /** POST of a Bundle to the endpoint. */
  public Answer post(Bundle bundle) {
    return post("", bundle);
  }

  /** Sends Observations in one transaction and gives their ids. */
  public List<String> record(Resource... observations) {
    Answer answer = post(Bedside.posting(BundleType.TRANSACTION, observations));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.entryLocations().stream()
        .map(place -> place.replace("Observation/", ""))
        .toList();
  }

  /** Any method, body as it is; null for none. */
  public Answer send(String method, String path, String body) {
    return send(
        server
            .fhirRequest(path, admin())
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
  }

  /** A prepared request. */
  public Answer send(HttpRequest.Builder request) {
    return Answer.of(server.send(request));
  }

  /** How many resources a search finds, at most 500. */
  public int count(String search) {
    Answer answer = get(search + (search.contains("?") ? "&" : "?") + "_count=500");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.bundle().getEntry().size();
  }

  /** A patient with a device that is assigned to it. */
  public Bedside admit() {
    String mark = UUID.randomUUID().toString();
    Patient patient = new Patient();
    patient.addIdentifier(identifier("patient-" + mark));
    Device device = new Device();
    device.addIdentifier(identifier("device-" + mark));
    device.setPatient(new Reference("urn:uuid:" + mark));
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    bundle
        .addEntry()
        .setFullUrl("urn:uuid:" + mark)
        .setResource(patient)
        .getRequest()
        .setMethod(HTTPVerb.POST)
        .setUrl("Patient");
    bundle.addEntry().setResource(device).getRequest().setMethod(HTTPVerb.POST).setUrl("Device");
    Answer answer = post(bundle);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<String> locations = answer.entryLocations();
    return new Bedside(locations.get(0), locations.get(1));
  }

  /** A patient without a device. */
  public String patient() {
    Answer answer = post("Patient", new Patient());
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return "Patient/" + answer.resource(Patient.class).getIdElement().getIdPart();
  }

  /** The alerts of a patient so far. */
  public List<DetectedIssue> alerts(String patient) {
    return get("DetectedIssue?patient=" + patient).found(DetectedIssue.class);
  }

  /** The alerts of a patient once there are so many; fails after 20 seconds. */
  public List<DetectedIssue> alerts(String patient, int count) {
    eventually(() -> alerts(patient).size() >= count);
    return alerts(patient);
  }

  /** Waits until the rules have seen everything posted so far: a later alert has come. */
  public void rulesCaughtUp() {
    Bedside witness = admit();
    assertThat(post("Observation", witness.impedance("199", Instant.now())).status())
        .isEqualTo(201);
    alerts(witness.patient(), 1);
  }

  /** Waits for a condition; fails after 20 seconds. */
  public static void eventually(BooleanSupplier condition) {
    eventually(Duration.ofSeconds(20), condition);
  }

  /** Waits for a condition; fails after the time. */
  public static void eventually(Duration within, BooleanSupplier condition) {
    long end = System.nanoTime() + within.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it did not happen in time").isLessThan(end);
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  /** Of {@link #SYSTEM}. */
  public static Identifier identifier(String value) {
    return new Identifier().setSystem(SYSTEM).setValue(value);
  }

  /** A resource as JSON. */
  public static String json(Resource resource) {
    return FhirContext.forR4Cached().newJsonParser().encodeResourceToString(resource);
  }
}
