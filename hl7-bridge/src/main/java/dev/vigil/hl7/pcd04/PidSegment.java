package dev.vigil.hl7.pcd04;

import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.util.Terser;
import dev.vigil.core.PatientId;
import dev.vigil.hl7.er7.IdentifierSystems;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Patient;

/** Patient to PID: identifiers, name, birth date and sex. */
final class PidSegment {

  private static final String IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203";

  private final IdentifierSystems systems;

  PidSegment(IdentifierSystems systems) {
    this.systems = systems;
  }

  void write(Terser terser, PatientId id, Optional<Patient> patient) throws HL7Exception {
    int repetition = 0;
    for (Identifier identifier : patient.map(Patient::getIdentifier).orElse(List.of())) {
      if (identifier.hasValue()) {
        identifier(terser, repetition++, identifier);
      }
    }
    if (repetition == 0) {
      terser.set("/.PID-3-1", id.value());
      terser.set("/.PID-3-4-1", "VIGIL");
      terser.set("/.PID-3-5", "PI");
    }
    if (patient.isPresent()) {
      person(terser, patient.get());
    }
  }

  private void identifier(Terser terser, int repetition, Identifier identifier)
      throws HL7Exception {
    String field = "/.PID-3(" + repetition + ")-";
    terser.set(field + "1", identifier.getValue());
    if (identifier.hasSystem()) {
      String[] authority = systems.authority(identifier.getSystem(), '&').split("&", -1);
      for (int i = 0; i < authority.length; i++) {
        terser.set(field + "4-" + (i + 1), authority[i]);
      }
    }
    String type =
        identifier.getType().getCoding().stream()
            .filter(coding -> IDENTIFIER_TYPE.equals(coding.getSystem()))
            .map(coding -> coding.getCode())
            .findFirst()
            .orElse("PI");
    terser.set(field + "5", type);
  }

  private static void person(Terser terser, Patient patient) throws HL7Exception {
    if (patient.hasName()) {
      HumanName name = patient.getNameFirstRep();
      terser.set("/.PID-5-1", name.getFamily());
      if (name.hasGiven()) {
        terser.set("/.PID-5-2", name.getGiven().get(0).getValue());
      }
      terser.set("/.PID-5-7", "L");
    }
    if (patient.hasBirthDate()) {
      terser.set("/.PID-7", patient.getBirthDateElement().getValueAsString().replace("-", ""));
    }
    if (patient.hasGender()) {
      terser.set(
          "/.PID-8",
          switch (patient.getGender()) {
            case FEMALE -> "F";
            case MALE -> "M";
            case OTHER -> "O";
            default -> "U";
          });
    }
  }
}
