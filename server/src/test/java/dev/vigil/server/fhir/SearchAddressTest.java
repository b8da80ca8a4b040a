package dev.vigil.server.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.Test;

/** Addresses of searches: as people type them, and as the server gives them back. */
class SearchAddressTest {

  private final Hospital hospital = new Hospital();

  @Test
  void theSelfLinkRepeatsTheSearch() {
    Bedside bed = hospital.admit();
    Instant now = Instant.now();
    for (int i = 0; i < 3; i++) {
      hospital.post("Observation", bed.heartRate("72", now.minusSeconds(i)));
    }
    Bundle first =
        hospital.get("Observation?subject=" + bed.patient() + "&_sort=-date&_count=2").bundle();

    String self = first.getLink("self").getUrl();
    assertThat(self).startsWith(hospital.server().fhir() + "/Observation?");
    assertThat(page(self).bundle().getEntry()).hasSize(2);
    assertThat(page(first.getLink("next").getUrl()).found(Observation.class)).hasSize(1);
  }

  @Test
  void theSelfLinkOfAHistoryNamesTheResource() {
    String patient = hospital.admit().patient();

    assertThat(hospital.get(patient + "/_history").bundle().getLink("self").getUrl())
        .isEqualTo(hospital.server().fhir() + "/" + patient + "/_history");
  }

  @Test
  void takesABarThatIsNotEncoded() throws IOException {
    URI url = URI.create(hospital.server().fhir());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET /fhir/Observation?code=http://loinc.org|8867-4&_count=1 HTTP/1.1\r\n"
                      + "Host: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                      + hospital.admin()
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200").contains("searchset");
    }
  }

  private Answer page(String url) {
    return hospital.send(
        hospital.server().fhirRequest("", hospital.admin()).uri(URI.create(url)).GET());
  }
}
