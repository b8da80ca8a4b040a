package dev.vigil.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vigil.server.story.Hospital;
import dev.vigil.simulator.load.ConfirmedStream;
import dev.vigil.simulator.ward.Measurement;
import dev.vigil.simulator.ward.PatientKind;
import dev.vigil.simulator.ward.ReadingBundle;
import dev.vigil.simulator.ward.Registered;
import dev.vigil.simulator.ward.Registration;
import dev.vigil.simulator.ward.Ward;
import dev.vigil.simulator.wire.ClientCredentials;
import dev.vigil.simulator.wire.FhirClient;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: a confirmed reading that is lost, or an alert that is lost or doubled, when the server
 * dies. One server, killed in the middle of its work, started, stopped politely, started again:
 * each start costs half a minute, so one story tells all of it.
 */
@Tag("safety")
class KilledAndStoppedServerTest {

  private static final BigDecimal LOW = new BigDecimal("48");

  @TempDir Path folder;
  private ServerUnderTest server;

  @AfterEach
  void leavesNothingRunning() throws Exception {
    if (server != null && server.running()) {
      server.stop(Duration.ofSeconds(40));
      if (server.running()) {
        server.kill();
      }
    }
    if (server != null) {
      server.postmasters().forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void losesAndDoublesNothing() throws Exception {
    server = new ServerUnderTest(Files.createDirectory(folder.resolve("data")));
    server.start();
    FhirClient gateway = server.client("demo-gateway", ClientCredentials.GATEWAY_SCOPE);
    FhirClient reader = server.client("demo-ehr", ClientCredentials.READER_SCOPE);
    List<ProcessHandle> firstPostgres = server.postmasters();
    assertThat(firstPostgres).hasSize(1);
    String guide = guide(reader);
    Registered patient =
        Registration.register(gateway, Ward.cohort("EPI", 1, 1, n -> PatientKind.GLUCOSE)).get(0);
    Instant fresh = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    ReadingBundle begins = new ReadingBundle();
    for (int minutes = 15; minutes > 0; minutes -= 5) {
      begins.add(patient, Measurement.GLUCOSE, fresh.minus(Duration.ofMinutes(minutes)), s -> LOW);
    }
    gateway.transaction(begins.json());

    ConfirmedStream stream = new ConfirmedStream(gateway, 20);
    stream.start();
    Hospital.eventually(Duration.ofSeconds(60), () -> stream.confirmed().size() >= 200);
    ReadingBundle completes = new ReadingBundle();
    completes.add(patient, Measurement.GLUCOSE, fresh, s -> LOW);
    gateway.transaction(completes.json());
    server.kill();
    stream.close();
    assertThat(stream.refusals()).isZero();
    assertThat(firstPostgres.get(0).isAlive()).as("the orphan").isTrue();

    server.start();
    assertThat(firstPostgres.get(0).isAlive()).isFalse();
    assertThat(server.postmasters()).hasSize(1);
    ConfirmedStream.Verdict verdict = stream.verify(server.fhir().resolve("fhir"));
    assertThat(verdict.confirmed()).isGreaterThanOrEqualTo(200);
    assertThat(verdict.missing()).isEmpty();
    assertThat(verdict.repeated()).isEmpty();
    FhirClient again = server.client("demo-ehr", ClientCredentials.READER_SCOPE);
    Hospital.eventually(() -> alerts(again, patient) > 0);
    gatewayRepeats(completes);
    assertThat(alerts(again, patient)).isEqualTo(1);
    assertThat(guide(again)).isEqualTo(guide);
    Path printed = folder.resolve("verify.txt");
    assertThat(server.command(printed, "verify-log")).as(Files.readString(printed)).isZero();
    assertThat(Files.readString(printed)).contains("chain  whole");
    assertThat(server.command(printed, "rebuild", "observations"))
        .as(Files.readString(printed))
        .isZero();
    assertThat(Files.readString(printed))
        .contains("observations written again 0", "observations the same")
        .doesNotContain("does not tell", "run it again");

    List<ProcessHandle> postgres = server.postmasters();
    assertThat(server.stop(Duration.ofSeconds(30))).as("stopped within 30 s").isTrue();
    Hospital.eventually(
        Duration.ofSeconds(5), () -> postgres.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(server.output()).doesNotContain("ERROR");
    assertThat(server.postmasters()).isEmpty();
    assertThat(server.command(printed, "verify-log")).as(Files.readString(printed)).isZero();
    assertThat(server.postmasters()).as("verify-log stops what it started").isEmpty();

    server.start();
    assertThat(stream.verify(server.fhir().resolve("fhir")).kept()).isTrue();
    FhirClient third = server.client("demo-ehr", ClientCredentials.READER_SCOPE);
    assertThat(alerts(third, patient)).isEqualTo(1);
    assertThat(guide(third)).isEqualTo(guide);
  }

  /** What a gateway does that got no answer. */
  private void gatewayRepeats(ReadingBundle bundle) {
    server.client("demo-gateway", ClientCredentials.GATEWAY_SCOPE).transaction(bundle.json());
  }

  private static int alerts(FhirClient reader, Registered patient) {
    return reader.search("DetectedIssue", "patient", patient.reference()).path("entry").size();
  }

  /** Ids and versions of profiles and rules. */
  private static String guide(FhirClient reader) {
    StringBuilder text = new StringBuilder();
    for (String type : List.of("StructureDefinition", "PlanDefinition", "SearchParameter")) {
      JsonNode page = reader.search(type, "_count", "200", "_sort", "_id");
      assertThat(page.path("entry").size()).as(type).isPositive();
      for (JsonNode entry : page.path("entry")) {
        String version = entry.at("/resource/meta/versionId").asText();
        assertThat(version).isEqualTo("1");
        text.append(entry.at("/resource/id").asText()).append('/').append(version).append(' ');
      }
    }
    return text.toString();
  }
}
