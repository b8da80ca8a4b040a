package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Hospital;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A condition that holds more than a condition can is refused, not read as one that asks less. */
class ConditionUrlsTest {

  private final Hospital hospital = new Hospital();
  private final String mark = UUID.randomUUID().toString();
  private final String known = "identifier=" + Hospital.SYSTEM + "%7C" + mark;

  @BeforeEach
  void write() {
    assertThat(hospital.post("Observation", observation()).status()).isEqualTo(201);
  }

  private Observation observation() {
    Observation observation = new Observation().setStatus(ObservationStatus.FINAL);
    observation.addIdentifier(Hospital.identifier(mark));
    observation.getCode().setText("note");
    return observation;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_at=2026-01-01T00:00:00Z",
        "_text=note",
        "_filter=status%20eq%20final",
        "_query=x",
        "_nonsense=1"
      })
  void isRefusedWhereverItStands(String more) {
    String condition = known + "&" + more;

    refused(
        hospital.send(
            hospital
                .server()
                .fhirRequest("Observation", hospital.admin())
                .header("If-None-Exist", condition)
                .POST(BodyPublishers.ofString(Hospital.json(observation())))));
    refused(hospital.put("Observation?" + condition, observation()));
    refused(hospital.send("DELETE", "Observation?" + condition, null));
    refused(entry(HTTPVerb.POST, "Observation", condition, observation()));
    refused(entry(HTTPVerb.PUT, "Observation?" + condition, null, observation()));
    refused(entry(HTTPVerb.DELETE, "Observation?" + condition, null, null));
    Observation member = observation();
    member.addHasMember(new Reference("Observation?" + condition));
    refused(entry(HTTPVerb.POST, "Observation", null, member));
    assertThat(hospital.count("Observation?" + known)).isEqualTo(1);
  }

  private static void refused(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isIn(400, 422);
    assertThat(answer.body()).contains("OperationOutcome");
  }

  private Answer entry(HTTPVerb method, String url, String ifNoneExist, Observation body) {
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    BundleEntryComponent entry = bundle.addEntry().setResource(body);
    entry.getRequest().setMethod(method).setUrl(url).setIfNoneExist(ifNoneExist);
    return hospital.post(bundle);
  }
}
