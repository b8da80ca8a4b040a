package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Hospital;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.ListResource;
import org.hl7.fhir.r4.model.ListResource.ListMode;
import org.hl7.fhir.r4.model.ListResource.ListStatus;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not offered answers an error, never an empty page or an answer to something else. */
class ObservationRefusalTest {

  private final Hospital hospital = new Hospital();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_text=pulse",
        "_content=pulse",
        "_filter=status%20eq%20final",
        "_list=$current-problems",
        "_contained=true",
        "_contained=both",
        "_query=named",
        "nonsense=1",
        "subject:nonsense=1",
        "code:nonsense=1",
        "date:contains=2024",
        "value-quantity:exact=1",
        "value-string:text=x",
        "_tag:nonsense=1",
        "_lastUpdated:exact=2024",
        "code:in=http://nobody.knows/ValueSet",
        "_count=-1",
        "_summary=nonsense",
        "_total=nonsense",
        "_type=Patient",
        "code:below=http://nobody.knows/codes%7C1",
        "_source=http://door.org%23request",
        "_sort=nonsense",
        "_sort=subject.name",
        "_has:Nonsense:subject:code=1",
        "_include=Observation:nonsense"
      })
  void searchesThatCannotBeRun(String condition) {
    Answer answer = hospital.get("Observation?" + condition);

    assertThat(answer.status()).as(answer.body()).isBetween(400, 501);
    assertThat(answer.status()).isNotEqualTo(500);
    assertThat(answer.resource(OperationOutcome.class).getIssue()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Observation/%s/$expunge",
        "Observation/$expunge",
        "$expunge",
        "Patient/$merge",
        "$replace-references",
        "$reindex",
        "Observation/$nonsense"
      })
  void operationsThatAreNotOffered(String path) {
    String id =
        hospital
            .post(
                "Observation",
                new Observation()
                    .setStatus(ObservationStatus.FINAL)
                    .setCode(new CodeableConcept().setText("note")))
            .resource(Observation.class)
            .getIdElement()
            .getIdPart();

    Answer answer = hospital.send("POST", path.formatted(id), "{\"resourceType\":\"Parameters\"}");

    assertThat(answer.status()).as(answer.body()).isIn(400, 403, 404, 405, 501);
    assertThat(hospital.get("Observation/" + id).status()).isEqualTo(200);
  }

  @Test
  void aListIsFollowedToItsItems() {
    Observation observation = new Observation();
    observation.setStatus(ObservationStatus.FINAL).getCode().setText("note");
    String id =
        hospital
            .post("Observation", observation)
            .resource(Observation.class)
            .getIdElement()
            .getIdPart();
    ListResource list = new ListResource();
    list.setStatus(ListStatus.CURRENT).setMode(ListMode.WORKING);
    list.addEntry().setItem(new Reference("Observation/" + id));
    Answer created = hospital.post("List", list);
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    String of = created.resource(ListResource.class).getIdElement().getIdPart();

    assertThat(hospital.get("Observation?_list=" + of).found(Observation.class))
        .extracting(found -> found.getIdElement().getIdPart())
        .containsExactly(id);
  }

  @Test
  void anEmptyPageSaysThatNothingWasFound() {
    Answer answer = hospital.get("Observation?code=urn:nobody%7Csends&_total=accurate");
    Bundle page = answer.bundle();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(page.getTotal()).isZero();
    assertThat(page.getEntry()).isEmpty();
  }
}
