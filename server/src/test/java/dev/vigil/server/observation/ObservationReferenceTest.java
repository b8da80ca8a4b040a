package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Hospital;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of a reference, in an Observation and in a DiagnosticReport, which HAPI keeps. */
class ObservationReferenceTest {

  private final Hospital hospital = new Hospital();
  private final String patient = hospital.patient();

  private String told(String type, String subject) {
    String body =
        """
        {"resourceType":"%s","status":"final","code":{"text":"note"},
         "contained":[{"resourceType":"Patient","id":"p","gender":"other"}],
         "performer":[{"reference":"#p"}],
         "subject":%s}
        """
            .formatted(type, subject);
    Answer created = hospital.send("POST", type, body);
    if (created.status() != 201) {
      return created.status() + " " + created.expressions();
    }
    try {
      return new ObjectMapper().readTree(created.body()).at("/subject").toString()
          + new ObjectMapper().readTree(created.body()).at("/contained").toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the answer is no JSON", e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"reference\":\"%s\"}",
        "{\"reference\":\"%s/_history/1\"}",
        "{\"reference\":\"%s/_history/9\"}",
        "{\"reference\":\"BASE/%s\"}",
        "{\"reference\":\"http://elsewhere.org/fhir/Patient/1\"}",
        "{\"reference\":\"Patient/nobody\"}",
        "{\"reference\":\"Patient?identifier=urn:nobody|1\"}",
        "{\"reference\":\"urn:uuid:10000000-0000-4000-8000-00000000000f\"}",
        "{\"reference\":\"#p\"}",
        "{\"reference\":\"#q\"}",
        "{\"reference\":\"Nonsense/1\"}",
        "{\"identifier\":{\"system\":\"urn:mrn\",\"value\":\"7\"}}",
        "{\"type\":\"Patient\",\"identifier\":{\"value\":\"7\"},\"display\":\"somebody\"}",
        "{\"display\":\"somebody\"}"
      })
  void areKeptOrRefusedAsHapiDoes(String form) {
    String subject = form.replace("BASE", hospital.server().fhir()).replace("%s", patient);

    assertThat(told("Observation", subject).replace("Observation", "DiagnosticReport"))
        .isEqualTo(told("DiagnosticReport", subject));
  }

  @Test
  void twoMayReferToEachOtherInOneTransaction() {
    String first = "urn:uuid:" + UUID.randomUUID();
    String second = "urn:uuid:" + UUID.randomUUID();
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    post(bundle, first, second, "panel");
    post(bundle, second, first, "member");

    Answer answer = hospital.post(bundle);

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<String> places = answer.entryLocations();
    for (int i = 0; i < 2; i++) {
      Observation one = hospital.get(places.get(i)).resource(Observation.class);
      assertThat(one.getHasMemberFirstRep().getReference()).isEqualTo(places.get(1 - i));
      assertThat(one.getDerivedFromFirstRep().getReference()).isEqualTo(places.get(1 - i));
      assertThat(one.getMeta().getVersionId()).isEqualTo("1");
      assertThat(hospital.count("Observation?has-member=" + places.get(i))).isEqualTo(1);
    }
    assertThat(
            hospital
                .get(
                    "Observation?_id="
                        + places.get(0).replace("Observation/", "")
                        + "&_include:iterate=Observation:has-member")
                .bundle()
                .getEntry())
        .hasSize(2);
  }

  private static void post(Bundle bundle, String own, String other, String text) {
    Observation observation = new Observation();
    observation.setStatus(Observation.ObservationStatus.FINAL).getCode().setText(text);
    observation.addHasMember().setReference(other);
    observation.addDerivedFrom().setReference(other);
    bundle
        .addEntry()
        .setFullUrl(own)
        .setResource(observation)
        .getRequest()
        .setMethod(HTTPVerb.POST)
        .setUrl("Observation");
  }
}
