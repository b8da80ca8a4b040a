package dev.vigil.server.dashboard;

import dev.vigil.server.VigilServer;
import dev.vigil.simulator.ward.Measurement;
import dev.vigil.simulator.ward.PatientKind;
import dev.vigil.simulator.ward.ReadingBundle;
import dev.vigil.simulator.ward.Registered;
import dev.vigil.simulator.ward.Registration;
import dev.vigil.simulator.ward.Signal;
import dev.vigil.simulator.ward.Ward;
import dev.vigil.simulator.ward.WardPatient;
import dev.vigil.simulator.wire.ClientCredentials;
import dev.vigil.simulator.wire.FhirClient;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Patients of one test, known to the server, and their readings; all by HTTP with a token. */
final class Cohort {

  private static final Duration GLUCOSE_EVERY = Duration.ofMinutes(5);

  private final FhirClient gateway;
  private final List<Registered> patients;

  /**
   * @param name in capitals; tells the tests' patients apart
   */
  Cohort(VigilServer server, String name, int count, PatientKind kind) {
    URI url = URI.create(server.url());
    gateway =
        new FhirClient(
            url.resolve("/fhir"),
            new ClientCredentials(
                url.resolve("/oauth2/token"),
                "demo-gateway",
                server.secret("demo-gateway"),
                ClientCredentials.GATEWAY_SCOPE));
    patients =
        new ArrayList<>(
            Registration.register(
                gateway, Ward.cohort(name, count, name.hashCode(), number -> kind)));
  }

  /** Name of the patient of that index; patients of other cohorts share it, the id they do not. */
  String name(int index) {
    WardPatient patient = patients.get(index).patient();
    return patient.given() + " " + patient.family();
  }

  String id(int index) {
    return patients.get(index).reference().substring("Patient/".length());
  }

  static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Four samples in the 15 minutes up to a moment: GLU-01 below 54 mg/dL, GLU-02 below 70. */
  void lowGlucose(int index, String milligrams, Instant completed) {
    lowGlucoseSoFar(index, milligrams, completed);
    complete(index, milligrams, completed);
  }

  /** All but the last of {@link #lowGlucose}. */
  void lowGlucoseSoFar(int index, String milligrams, Instant completed) {
    ReadingBundle before = new ReadingBundle();
    for (int n = 3; n > 0; n--) {
      glucose(before, index, completed.minus(GLUCOSE_EVERY.multipliedBy(n)), milligrams);
    }
    gateway.transaction(before.json());
  }

  /** The last of {@link #lowGlucose}. */
  void complete(int index, String milligrams, Instant completed) {
    gateway.transaction(glucose(new ReadingBundle(), index, completed, milligrams).json());
  }

  /** Glucose at moments, in one message. */
  void glucose(int index, Map<Instant, String> milligrams) {
    ReadingBundle bundle = new ReadingBundle();
    milligrams.forEach((moment, value) -> glucose(bundle, index, moment, value));
    gateway.transaction(bundle.json());
  }

  private ReadingBundle glucose(ReadingBundle bundle, int index, Instant moment, String value) {
    bundle.add(patients.get(index), Measurement.GLUCOSE, moment, signal -> new BigDecimal(value));
    return bundle;
  }

  /** Samples of a measurement at a steady pace up to a moment, the same value in all. */
  void steady(
      int index, Map<Measurement, String> values, Instant last, Duration every, int samples) {
    ReadingBundle bundle = new ReadingBundle();
    for (int n = samples - 1; n >= 0; n--) {
      Instant moment = last.minus(every.multipliedBy(n));
      values.forEach(
          (measurement, value) ->
              bundle.add(
                  patients.get(index), measurement, moment, (Signal s) -> new BigDecimal(value)));
    }
    gateway.transaction(bundle.json());
  }
}
