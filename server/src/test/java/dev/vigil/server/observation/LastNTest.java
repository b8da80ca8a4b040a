package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Parameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code $lastn} by the way that takes every parameter; the tests run with HAPI's assertions. */
class LastNTest {

  private static final Instant HOUR = Instant.now().truncatedTo(ChronoUnit.HOURS);

  private final Hospital hospital = new Hospital();
  private final Bedside bed = hospital.admit();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "patient=%s&_elements=status,code,value",
        "subject=%s&_elements=status,code,value",
        "patient=%s&subject=%s",
        "patient=%s&code=http://loinc.org%%7C8867-4,http://loinc.org%%7C59408-5"
      })
  void tellsTheNewestOfEachCode(String asked) {
    for (int second : List.of(1, 3, 2)) {
      post(bed.heartRate(Integer.toString(70 + second), HOUR.plusSeconds(second)));
    }
    post(bed.spo2("97", HOUR));

    Answer answer =
        hospital.get("Observation/$lastn?" + asked.replace("%s", bed.patient()).replace("%%", "%"));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.found(Observation.class))
        .extracting(found -> found.getValueQuantity().getValue().toPlainString())
        .containsExactlyInAnyOrder("73", "97");
    Parameters posted = new Parameters();
    posted.addParameter("patient", bed.patient());
    assertThat(hospital.post("Observation/$lastn", posted).found(Observation.class)).hasSize(2);
  }

  private void post(Observation observation) {
    assertThat(hospital.post("Observation", observation).status()).isEqualTo(201);
  }
}
