package dev.vigil.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hazard: a log is read by people and machines that may not see patients. Sends a surname, a record
 * number and values that stand out through the FHIR door, well and badly, and looks for them in
 * every line.
 */
@Tag("safety")
class NothingPersonalIsLoggedTest {

  private static final String SURNAME = "Zyxwvutmarker";
  private static final String RECORD = "MRN-7706543210";
  private static final String VALUE = "71.7243991";
  private static final String BAD_VALUE = "98765.4321";
  private static final Instant NOW = Instant.now();

  private final Hospital hospital = new Hospital();
  private final Logger root =
      ((LoggerContext) org.slf4j.LoggerFactory.getILoggerFactory())
          .getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = root.getLoggerContext().getLogger("dev.vigil");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private Level before;

  @BeforeEach
  void listens() {
    before = ours.getLevel();
    ours.setLevel(Level.DEBUG);
    lines.start();
    root.addAppender(lines);
  }

  @AfterEach
  void stopsListening() {
    root.detachAppender(lines);
    ours.setLevel(before);
  }

  @Test
  void onGoodAndOnFailingPaths() {
    Patient patient = new Patient();
    patient.addName(new HumanName().setFamily(SURNAME));
    patient.addIdentifier(Hospital.identifier(RECORD));
    Answer created = hospital.post("Patient", patient);
    String reference = "Patient/" + created.resource(Patient.class).getIdElement().getIdPart();
    Device device = new Device();
    device.getPatient().setReference(reference);
    String monitor =
        "Device/"
            + hospital.post("Device", device).resource(Device.class).getIdElement().getIdPart();
    Bedside bed = new Bedside(reference, monitor);
    List<Answer> good = new ArrayList<>();
    good.add(hospital.post("Observation", bed.heartRate(VALUE, NOW)));
    good.add(hospital.post(Bedside.posting(BundleType.TRANSACTION, bed.heartRate(VALUE, NOW))));
    good.add(hospital.post("Observation", bed.impedance(VALUE, NOW)));
    good.add(hospital.get("Patient?family=" + SURNAME));
    assertThat(good).extracting(Answer::status).allMatch(status -> status < 300);
    hospital.alerts(reference, 1);

    List<Answer> bad = new ArrayList<>();
    Observation implausible = bed.heartRate(BAD_VALUE, NOW);
    bad.add(hospital.post("Observation", implausible));
    bad.add(hospital.post(Bedside.posting(BundleType.TRANSACTION, implausible)));
    bad.add(
        hospital.post(
            "Observation", new Bedside(reference, "Device/" + RECORD).heartRate("7", NOW)));
    bad.add(
        hospital.post(
            "Observation", new Bedside("Patient/" + RECORD, monitor).heartRate("72", NOW)));
    String json = Hospital.json(patient);
    bad.add(hospital.send("POST", "Patient", json.substring(0, json.length() - 2)));
    bad.add(hospital.send("POST", "Patient", json.replace("\"family\"", "\"" + SURNAME + "\"")));
    bad.add(
        hospital.send(
            "POST",
            "Patient",
            json.replace("{\"resourceType\"", "{\"gender\":\"" + SURNAME + "\",\"resourceType\"")));
    bad.add(hospital.send("POST", "Observation", json));
    bad.add(hospital.get("Patient?nosuch=" + SURNAME));
    bad.add(hospital.get("Patient?birthdate=" + SURNAME));
    bad.add(hospital.get("Patient/" + RECORD));
    bad.add(
        hospital.send(
            hospital
                .server()
                .fhirRequest("Patient", hospital.admin())
                .header("If-None-Exist", "family=" + SURNAME + "&birthdate=" + RECORD)
                .POST(BodyPublishers.ofString(json))));
    Bundle unresolved = Bedside.posting(BundleType.TRANSACTION, bed.heartRate("72", NOW));
    ((Observation) unresolved.getEntryFirstRep().getResource())
        .getSubject()
        .setReference("Patient?identifier=" + Hospital.SYSTEM + "|" + RECORD + "x");
    bad.add(hospital.post(unresolved));
    bad.add(hospital.send("DELETE", reference, null));
    bad.add(hospital.send("PATCH", reference, "[{\"op\":\"" + SURNAME + "\"}]"));
    String batch =
        Hospital.json(
            Bedside.posting(BundleType.BATCH, patient, implausible, bed.heartRate(VALUE, NOW)));
    Answer mixed =
        hospital.send(
            "POST", "", batch.replace("{\"family\"", "{\"use\":\"" + SURNAME + "\",\"family\""));
    assertThat(mixed.entryStatuses()).containsExactly(400, 422, 201);
    assertThat(mixed.body()).doesNotContain(SURNAME, RECORD, VALUE, BAD_VALUE);
    assertThat(bad).extracting(Answer::status).allMatch(status -> status >= 400 && status < 500);

    // What we refuse ourselves does not repeat a value either.
    assertThat(bad.subList(0, 2))
        .allSatisfy(answer -> assertThat(answer.body()).doesNotContain(BAD_VALUE));
    assertThat(List.copyOf(lines.list))
        .allSatisfy(
            line -> assertThat(text(line)).doesNotContain(SURNAME, RECORD, VALUE, BAD_VALUE));
  }

  private static String text(ILoggingEvent line) {
    StringBuilder text = new StringBuilder(line.getLoggerName()).append(' ');
    text.append(line.getFormattedMessage());
    for (IThrowableProxy cause = line.getThrowableProxy();
        cause != null;
        cause = cause.getCause()) {
      text.append(' ').append(cause.getMessage());
    }
    return text.toString();
  }
}
