package dev.vigil.server.bulk.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.vigil.server.VigilServer;
import dev.vigil.server.bulk.BulkClient;
import dev.vigil.server.bulk.BulkProblem;
import dev.vigil.server.delivery.DeliveryProperties;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.UrlType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportTest {

  private final Hospital hospital = new Hospital();
  private final BulkClient admin = new BulkClient("demo-admin", "");
  private final Map<String, String> files = new ConcurrentHashMap<>();
  private final String mark = UUID.randomUUID().toString().substring(0, 8);
  private HttpServer source;

  @BeforeEach
  void startSource() throws IOException {
    source = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    source.createContext("/", this::answer);
    source.start();
  }

  @AfterEach
  void stopSource() {
    source.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String name = exchange.getRequestURI().getPath().substring(1);
    if (name.equals("elsewhere")) {
      exchange.getResponseHeaders().add("Location", url("patients"));
      exchange.sendResponseHeaders(302, -1);
    } else if (!files.containsKey(name)) {
      exchange.sendResponseHeaders(404, -1);
    } else {
      exchange.getResponseHeaders().add("Content-Encoding", "gzip");
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream out = new GZIPOutputStream(exchange.getResponseBody())) {
        out.write(files.get(name).getBytes(StandardCharsets.UTF_8));
      }
    }
    exchange.close();
  }

  private String url(String name) {
    return "http://127.0.0.1:" + source.getAddress().getPort() + "/" + name;
  }

  private static Parameters asking(String... typesAndUrls) {
    Parameters asked = new Parameters();
    asked.addParameter("inputFormat", new CodeType("application/fhir+ndjson"));
    for (int i = 0; i < typesAndUrls.length; i += 2) {
      ParametersParameterComponent input = asked.addParameter().setName("input");
      input.addPart().setName("type").setValue(new CodeType(typesAndUrls[i]));
      input.addPart().setName("url").setValue(new UrlType(typesAndUrls[i + 1]));
    }
    return asked;
  }

  private JsonNode run(Parameters asked) {
    return admin.manifest(BulkClient.status(admin.begin("$import", asked)));
  }

  private static String lines(Resource... resources) {
    StringBuilder lines = new StringBuilder();
    for (Resource resource : resources) {
      lines.append(Hospital.json(resource)).append('\n');
    }
    return lines.toString();
  }

  private Patient patient(String id) {
    Patient patient = new Patient();
    patient.setId("Patient/" + id + mark);
    return patient;
  }

  private Device device(String id, Patient patient) {
    Device device = new Device();
    device.setId("Device/" + id + mark);
    device.setPatient(new Reference(patient.getId()));
    return device;
  }

  @Test
  void storesAllTypesInAnOrderThatReferencesNeed() {
    Patient patient = patient("p");
    Device device = device("d", patient);
    Bedside bedside = new Bedside(patient.getId(), device.getId());
    files.put("devices", lines(device));
    files.put(
        "readings",
        lines(bedside.heartRate("61", Instant.now()), bedside.spo2("97", Instant.now())));
    files.put("patients", lines(patient));

    JsonNode manifest =
        run(
            asking(
                "Observation",
                url("readings"),
                "Device",
                url("devices"),
                "Patient",
                url("patients")));

    assertThat(manifest.path("error")).isEmpty();
    assertThat(String.join("\n", admin.lines(manifest, "output")))
        .contains("Patient: 1 created, 0 updated or known, 0 refused")
        .contains("Observation: 2 created");
    assertThat(hospital.get(device.getId()).resource(Device.class).getPatient().getReference())
        .isEqualTo(patient.getId());
    assertThat(hospital.count("Observation?subject=" + patient.getId())).isEqualTo(2);
  }

  @Test
  void storesASecondImportAsWhatIsKnown() {
    Patient patient = patient("p");
    Bedside bedside = new Bedside(patient.getId(), device("d", patient).getId());
    files.put("patients", lines(patient));
    files.put("devices", lines(device("d", patient)));
    files.put("readings", lines(bedside.heartRate("62", Instant.now())));
    Parameters asked =
        asking(
            "Patient", url("patients"), "Device", url("devices"), "Observation", url("readings"));
    run(asked);

    JsonNode manifest = run(asked);

    assertThat(admin.lines(manifest, "output"))
        .hasSize(3)
        .allMatch(line -> line.contains("0 created, 1 updated or known, 0 refused"));
    assertThat(hospital.count("Observation?subject=" + patient.getId())).isEqualTo(1);
  }

  @Test
  void listsWhatItRefused() {
    Observation implausible =
        new Bedside(hospital.admit().patient(), hospital.admit().device())
            .heartRate("9999", Instant.now());
    files.put(
        "patients", lines(patient("p")) + "nonsense\n" + lines(new Device()) + lines(patient("q")));
    files.put("readings", lines(implausible));

    JsonNode manifest = run(asking("Patient", url("patients"), "Observation", url("readings")));

    List<String> refused = admin.lines(manifest, "error");
    assertThat(refused).hasSize(3);
    assertThat(refused.get(0))
        .contains("line 2 of the input of Patient")
        .contains("not a JSON object");
    assertThat(refused.get(1)).contains("line 3 of the input of Patient");
    assertThat(refused.get(2)).contains("Observation.value").doesNotContain("9999");
    assertThat(hospital.get(patient("q").getId()).status()).isEqualTo(200);
  }

  @Test
  void bringsBackWhatItExported() {
    String id = post(new Patient().addIdentifier(Hospital.identifier(mark)));
    BulkClient ehr = new BulkClient("demo-ehr", "");
    String exported =
        ehr.lines(
                ehr.export("$export?_type=Patient&_typeFilter=Patient?identifier=" + mark),
                "output")
            .get(0);
    files.put("patients", exported);
    hospital.send("DELETE", id, null);
    assertThat(hospital.get(id).status()).isEqualTo(410);

    JsonNode manifest = run(asking("Patient", url("patients")));

    assertThat(manifest.path("error")).isEmpty();
    assertThat(hospital.get(id).resource(Patient.class).getIdentifierFirstRep().getValue())
        .isEqualTo(mark);
  }

  private String post(Resource resource) {
    Answer answer = hospital.post(resource.fhirType(), resource);
    return resource.fhirType()
        + "/"
        + answer.resource(resource.getClass()).getIdElement().getIdPart();
  }

  @ParameterizedTest
  @CsvSource({"Patient, nothing, answered 404", "Patient, elsewhere, answered 302"})
  void failsWhenAnInputCannotBeHad(String type, String name, String why) {
    files.put("patients", lines(patient("p")));
    String status = BulkClient.status(admin.begin("$import", asking(type, url(name))));

    Hospital.eventually(() -> admin.send("GET", status).statusCode() != 202);

    HttpResponse<String> answer = admin.send("GET", status);
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .contains("OperationOutcome")
        .contains(why)
        .doesNotContain("127.0.0.1");
    assertThat(hospital.get(patient("p").getId()).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "Nothing, http://127.0.0.1/x, 422",
    "PlanDefinition, http://127.0.0.1/x, 422",
    "StructureDefinition, http://127.0.0.1/x, 422",
    "Patient, ftp://127.0.0.1/x, 422",
    "Patient, http://me:secret@127.0.0.1/x, 422",
    "Patient, file:///etc/passwd, 422"
  })
  void refusesAnInputThatItDoesNotTake(String type, String url, int status) {
    HttpResponse<String> answer = admin.begin("$import", asking(type, url));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body())
        .contains("Parameters.parameter.where(name='input')")
        .doesNotContain("secret");
  }

  @Test
  void refusesParametersItDoesNotKnowAndRequestsThatWouldWait() {
    Parameters asked = asking("Patient", url("patients"));
    asked.addParameter("mode", "InitialLoad");
    assertThat(admin.begin("$import", asked).statusCode()).isEqualTo(422);
    assertThat(admin.begin("$import", new Parameters()).statusCode()).isEqualTo(422);
    assertThat(hospital.post("$import", asking("Patient", url("patients"))).status())
        .isEqualTo(422);
  }

  @ParameterizedTest
  @CsvSource({
    "demo-ehr, '', 403",
    "demo-admin, system/Observation.cruds, 403",
    "demo-admin, system/Patient.u, 202",
    "demo-admin, system/Patient.c, 403",
    "demo-admin, system/Patient.cs, 202"
  })
  void needsTheScopesOfEachType(String client, String scope, int status) {
    files.put("patients", "");
    BulkClient narrow = new BulkClient(client, scope);

    HttpResponse<String> answer = narrow.begin("$import", asking("Patient", url("patients")));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    if (status == 202) {
      narrow.manifest(BulkClient.status(answer));
    }
  }

  @Test
  void storesUnderAnIdOnlyForThoseWhoMayUpdate() {
    files.put("patients", lines(patient("p"), new Patient()));
    BulkClient creating = new BulkClient("demo-admin", "system/Patient.cs");

    JsonNode manifest =
        creating.manifest(
            BulkClient.status(creating.begin("$import", asking("Patient", url("patients")))));

    assertThat(creating.lines(manifest, "error")).singleElement().asString().contains("Patient.id");
    assertThat(hospital.get(patient("p").getId()).status()).isEqualTo(404);
  }

  @Test
  void callsNoPrivateAddressWhereThatIsNotAllowed() {
    InputFetch strict = new InputFetch(new DeliveryProperties(false));

    for (String address :
        List.of(
            url("patients"), "http://10.0.0.1/x", "http://[::1]/x", "http://169.254.169.254/x")) {
      assertThatThrownBy(() -> strict.open(address))
          .isInstanceOf(BulkProblem.class)
          .hasMessageContaining("private");
    }
  }

  @Test
  void tellsAnotherClientNothing() {
    files.put("patients", "");
    String status = BulkClient.status(admin.begin("$import", asking("Patient", url("patients"))));

    assertThat(new BulkClient(VigilServer.OTHER_TENANT_CLIENT, "").send("GET", status).statusCode())
        .isEqualTo(404);
    assertThat(admin.send("GET", status.replace("$import-", "$export-")).statusCode())
        .isEqualTo(404);
  }
}
