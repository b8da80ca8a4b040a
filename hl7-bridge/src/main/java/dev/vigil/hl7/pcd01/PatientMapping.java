package dev.vigil.hl7.pcd01;

import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.Hl7Error;
import dev.vigil.hl7.er7.Hl7Refusal;
import dev.vigil.hl7.er7.Hl7Time;
import dev.vigil.hl7.er7.IdentifierSystems;
import java.util.List;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Patient;

/**
 * PID to Patient (HL7 v2-to-FHIR, segment map PID): PID-3, 5, 7 and 8. The first identifier of the
 * Patient is the one it is found by.
 */
final class PatientMapping {

  private static final String IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203";

  private final IdentifierSystems systems;

  PatientMapping(IdentifierSystems systems) {
    this.systems = systems;
  }

  /**
   * The patient of a PID.
   *
   * @throws Hl7Refusal if PID-3 names nobody
   */
  Patient map(Er7Message message, Er7Segment pid) {
    Patient patient = new Patient();
    // A medical record number first, then a patient internal one, then the order of the message.
    for (String preferred : List.of("MR", "PI", "")) {
      for (int i = 1; i <= pid.repetitions(3); i++) {
        String type = pid.component(3, i, 5);
        boolean other = !type.equals("MR") && !type.equals("PI");
        if (!pid.component(3, i, 1).isEmpty()
            && (preferred.isEmpty() ? other : preferred.equals(type))) {
          patient.addIdentifier(identifier(message, pid, i));
        }
      }
    }
    if (patient.getIdentifier().isEmpty()) {
      throw new Hl7Refusal(
          pid.at(3), Hl7Error.Code.REQUIRED_FIELD, "PID-3 does not name the patient");
    }
    if (!pid.component(5, 1, 1).isEmpty() || !pid.component(5, 1, 2).isEmpty()) {
      patient.addName(name(pid));
    }
    Hl7Time.day(pid.field(7))
        .ifPresent(day -> patient.setBirthDateElement(new DateType(day.toString())));
    if (!pid.field(8).isEmpty()) {
      patient.setGender(gender(pid.field(8)));
    }
    return patient;
  }

  /**
   * An identifier without an assigning authority belongs to the sending facility, else to the
   * sending application: two hospitals may number two people alike.
   */
  private Identifier identifier(Er7Message message, Er7Segment pid, int repetition) {
    Er7Segment header = message.header();
    String system =
        systems
            .system(
                pid.get(3, repetition, 4, 1),
                pid.get(3, repetition, 4, 2),
                pid.get(3, repetition, 4, 3))
            .or(
                () ->
                    systems.system(
                        header.component(4, 1), header.component(4, 2), header.component(4, 3)))
            .or(
                () ->
                    systems.system(
                        header.component(3, 1), header.component(3, 2), header.component(3, 3)))
            .orElseThrow(
                () ->
                    new Hl7Refusal(
                        pid.at(3),
                        Hl7Error.Code.REQUIRED_FIELD,
                        "PID-3 names no assigning authority and the header no sender"));
    Identifier identifier =
        new Identifier().setSystem(system).setValue(pid.component(3, repetition, 1));
    String type = pid.component(3, repetition, 5);
    if (!type.isEmpty()) {
      identifier.getType().addCoding().setSystem(IDENTIFIER_TYPE).setCode(type);
    }
    return identifier;
  }

  private static HumanName name(Er7Segment pid) {
    HumanName name = new HumanName();
    if (!pid.component(5, 1).isEmpty()) {
      name.setFamily(pid.component(5, 1));
    }
    for (int given = 2; given <= 3; given++) {
      if (!pid.component(5, given).isEmpty()) {
        name.addGiven(pid.component(5, given));
      }
    }
    if (pid.component(5, 7).equals("L")) {
      name.setUse(HumanName.NameUse.OFFICIAL);
    }
    return name;
  }

  private static AdministrativeGender gender(String sex) {
    return switch (sex) {
      case "F" -> AdministrativeGender.FEMALE;
      case "M" -> AdministrativeGender.MALE;
      case "U" -> AdministrativeGender.UNKNOWN;
      default -> AdministrativeGender.OTHER;
    };
  }
}
