package dev.vigil.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.Patient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WardTest {

  @Test
  void callsAPatientByTheNameThatIsMeantForReading() {
    Patient patient = new Patient();
    patient.addName().setText("Ward Patient 07").setFamily("Patient");
    assertThat(Ward.name(patient)).isEqualTo("Ward Patient 07");
  }

  @Test
  void putsANameTogetherFromItsParts() {
    Patient patient = new Patient();
    patient.addName().setFamily("Patient 07").addGiven("Ward");
    assertThat(Ward.name(patient)).isEqualTo("Ward Patient 07");
  }

  /** A gateway may bring a patient by number alone: the board must show the alert all the same. */
  @Test
  @Tag("safety")
  void hasWordsForAPatientWithoutAName() {
    assertThat(Ward.name(new Patient())).isEqualTo("Patient without a name");
    Patient empty = new Patient();
    empty.addName();
    assertThat(Ward.name(empty)).isEqualTo("Patient without a name");
  }
}
