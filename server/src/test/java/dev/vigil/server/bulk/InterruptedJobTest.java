package dev.vigil.server.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import dev.vigil.server.VigilServer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import dev.vigil.telemetry.erasure.ErasePerson;
import dev.vigil.telemetry.erasure.ErasureSweep;
import dev.vigil.telemetry.log.Source;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What becomes of a job whose server was killed, and of one whose time is over. */
class InterruptedJobTest {

  private final Hospital hospital = new Hospital();
  private final VigilServer server = hospital.server();
  private final BulkClient ehr = new BulkClient("demo-ehr", "");
  private final JdbcClient jdbc = JdbcClient.create(server.bean(DataSource.class));

  private record Exported(UUID id, String status, JsonNode manifest) {}

  private Exported export() {
    Bedside bedside = hospital.admit();
    hospital.post("Observation", bedside.heartRate("75", Instant.now()));
    String status = BulkClient.status(ehr.begin("$export?_type=Patient,Observation"));
    UUID id = UUID.fromString(status.substring(status.indexOf('=') + 1));
    return new Exported(id, status, ehr.manifest(status));
  }

  private Path folder(UUID job) {
    return server.data().resolve("bulk").resolve(job.toString());
  }

  /** As a server leaves a job that is killed while it writes its second file. */
  private void interrupt(UUID job, int attempts) {
    jdbc.sql(
            "delete from telemetry.bulk_file where tenant_id = 'demo' and job_id = :job and number > 1")
        .param("job", job)
        .update();
    jdbc.sql(
            """
            update telemetry.bulk_job set state = 'running', ended_at = null, expires_at = null,
              lease_holder = gen_random_uuid(), lease_until = now() - interval '1 second',
              attempts = :attempts
            where tenant_id = 'demo' and job_id = :job
            """)
        .param("attempts", attempts)
        .param("job", job)
        .update();
  }

  @Test
  void anotherGoesOnBehindTheFilesThatAreFinished() throws IOException {
    Exported before = export();
    Path first = folder(before.id()).resolve("1.sealed");
    byte[] kept = Files.readAllBytes(first);

    interrupt(before.id(), 1);
    JsonNode after = ehr.manifest(before.status());

    assertThat(after).isEqualTo(before.manifest());
    assertThat(Files.readAllBytes(first)).isEqualTo(kept);
    assertThat(ehr.references(after)).containsExactlyElementsOf(ehr.references(before.manifest()));
  }

  @Test
  void aJobThatIsInterruptedAgainAndAgainFails() {
    Exported exported = export();

    interrupt(exported.id(), 5);
    Hospital.eventually(() -> ehr.send("GET", exported.status()).statusCode() != 202);

    HttpResponse<String> answer = ehr.send("GET", exported.status());
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("OperationOutcome").contains("interrupted too often");
  }

  @Test
  void filesGoWhenTheirTimeIsOver() throws IOException {
    Exported exported = export();
    Path folder = folder(exported.id());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");

    jdbc.sql(
            """
            update telemetry.bulk_job set expires_at = now() - interval '1 second'
            where tenant_id = 'demo' and job_id = :job
            """)
        .param("job", exported.id())
        .update();
    server.bean(BulkRunner.class).tidy();

    assertThat(ehr.send("GET", exported.status()).statusCode()).isEqualTo(404);
    assertThat(folder).doesNotExist();
  }

  @Test
  void exportsOfATenantGoWhenAPersonIsErased() {
    Exported exported = export();
    BulkClient other = new BulkClient(VigilServer.OTHER_TENANT_CLIENT, "");
    String others = BulkClient.status(other.begin("$export?_type=Patient"));
    other.manifest(others);
    String patient = hospital.patient();

    server
        .bean(ErasePerson.class)
        .erase(
            new TenantId("demo"),
            new PatientId(patient.substring("Patient/".length())),
            OptionalLong.empty(),
            new Source("test", "test"));

    Hospital.eventually(() -> ehr.send("GET", exported.status()).statusCode() == 404);
    server.bean(BulkRunner.class).tidy();
    assertThat(folder(exported.id())).doesNotExist();
    assertThat(other.send("GET", others).statusCode()).isEqualTo(200);
  }

  @Test
  void anExportGoesThatBeganBeforeTheLastObservationOfAnErasedPersonWasDeleted() throws Exception {
    Bedside bedside = hospital.admit();
    hospital.post("Observation", bedside.heartRate("75", Instant.now()));
    String patient = bedside.patient().substring("Patient/".length());
    Exported exported = export();
    // What the erasure leaves for the sweep; its event was read before the export began.
    jdbc.sql(
            """
            insert into telemetry.erasure (tenant_id, patient_id, patient_pid, erased_at)
            select 'demo', :patient, res_id, now() from hapi.hfj_resource
            where res_type = 'Patient' and fhir_id = :patient
            """)
        .param("patient", patient)
        .update();

    server.bean(ErasureSweep.class).sweep(new TenantId("demo"), new PatientId(patient));

    assertThat(ehr.send("GET", exported.status()).statusCode()).isEqualTo(404);
  }

  @Test
  void whatWasAskedIsNotReadableInTheTable() {
    String status =
        BulkClient.status(ehr.begin("$export?_type=Patient&_typeFilter=Patient?name=Marmaduke"));
    String asked =
        jdbc.sql("select encode(asked, 'escape') from telemetry.bulk_job where job_id = :job")
            .param("job", UUID.fromString(status.substring(status.indexOf('=') + 1)))
            .query(String.class)
            .single();

    assertThat(asked).doesNotContain("Marmaduke");
    assertThat(ehr.manifest(status).path("request").asText()).contains("Marmaduke");
  }

  @Test
  void aClientMayHaveSomeJobsAtOnce() {
    List<HttpResponse<String>> answers = new ArrayList<>();
    do {
      answers.add(ehr.begin("$export?_type=Patient"));
    } while (answers.get(answers.size() - 1).statusCode() == 202 && answers.size() < 60);
    HttpResponse<String> last = answers.get(answers.size() - 1);
    answers.stream()
        .filter(answer -> answer.statusCode() == 202)
        .forEach(answer -> ehr.send("DELETE", BulkClient.status(answer)));

    assertThat(last.statusCode()).isEqualTo(429);
    assertThat(last.headers().firstValue("Retry-After")).isPresent();
  }
}
