package dev.vigil.server.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.VigilServer;
import dev.vigil.simulator.load.AlertLatency;
import dev.vigil.simulator.wire.ClientCredentials;
import dev.vigil.simulator.wire.FhirClient;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Prints how long a reading takes to become an alert that an EHR can read. Hazard: an alert that
 * does not come. Its time is printed and not judged: it says as much of the machine as of Vigil.
 */
@Tag("long")
@Tag("safety")
class AlertLatencyTest {

  private static final int PATIENTS = 30;

  @Test
  void everyCompletedEpisodeBecomesAReadableAlert() {
    VigilServer server = VigilServer.get();
    AlertLatency latency =
        new AlertLatency(
            client(server, "demo-gateway", ClientCredentials.GATEWAY_SCOPE),
            client(server, "demo-ehr", ClientCredentials.READER_SCOPE),
            Duration.ofSeconds(30));
    AlertLatency.Result result = latency.run(PATIENTS, System.out::println);
    System.out.println(result.table());
    assertThat(result.missing()).isZero();
    assertThat(result.alert().count()).isEqualTo(PATIENTS);
  }

  private static FhirClient client(VigilServer server, String id, String scope) {
    return new FhirClient(
        URI.create(server.fhir()),
        new ClientCredentials(
            URI.create(server.url() + "/oauth2/token"),
            id,
            server.credentials().secret(id),
            scope));
  }
}
