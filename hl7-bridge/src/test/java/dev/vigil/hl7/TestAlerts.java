package dev.vigil.hl7;

import dev.vigil.core.AlertId;
import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.TenantId;
import dev.vigil.core.Tier;
import dev.vigil.core.event.Alert;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.Event;
import dev.vigil.telemetry.delivery.Destination;
import dev.vigil.telemetry.delivery.ResourceReader;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.Source;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;

/** Alerts and the resources they name. */
public final class TestAlerts {

  /** When the condition was complete. */
  public static final Instant RAISED = Instant.parse("2026-03-01T11:59:30Z");

  /** When we wrote the event. */
  public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private TestAlerts() {}

  /** A saturation of 84.0 %, high tier. */
  public static Alert saturation() {
    return alert("OXY-01", Tier.HIGH, "Severe desaturation", "spo2", Quantity.of("84.0", "%"));
  }

  /** An implant's battery status, technical tier. */
  public static Alert battery() {
    return alert(
        "PM-01", Tier.TECH, "Implant battery", "battery-status", new Code(Code.MDC, "754113"));
  }

  /** An alert with one sample. */
  public static Alert alert(
      String rule, Tier tier, String title, String metric, ReadingValue value) {
    Reading reading =
        new Reading(
            new ObservationId("o1"),
            new DeviceId("d1"),
            new PatientId("p1"),
            new Metric(metric),
            value,
            RAISED,
            NOW,
            Set.of());
    return new Alert(
        new AlertId("3f2a9c1d-0000-4000-8000-00000000beef"),
        rule,
        "1.0.0",
        tier,
        "oxygen",
        title,
        RAISED.minusSeconds(60),
        RAISED,
        List.of(reading));
  }

  /** The saturation alert, raised, as event 42 of the log. */
  public static LoggedEvent raised() {
    return logged(new AlertRaised(saturation(), NOW), 42);
  }

  /** An event as the log gives it. */
  public static LoggedEvent logged(Event event, long sequence) {
    return new LoggedEvent(
        new TenantId("demo"), sequence, NOW, new Source("rules", "rules"), event);
  }

  /** A receiver on this machine. */
  public static Destination destination(int port) {
    return new Destination(
        new TenantId("demo"),
        "Endpoint/1",
        "mllp://127.0.0.1:" + port,
        Map.of("receivingApplication", "EHR", "receivingFacility", "HOSPITAL"));
  }

  /** Knows patient p1 and device d1. */
  public static ResourceReader resources() {
    Patient patient = new Patient();
    patient.addIdentifier().setSystem("urn:oid:1.2.3").setValue("S-1001");
    patient
        .getIdentifierFirstRep()
        .getType()
        .addCoding()
        .setSystem("http://terminology.hl7.org/CodeSystem/v2-0203")
        .setCode("MR");
    patient.addName().setFamily("Sample").addGiven("Ada");
    patient.setBirthDateElement(new DateType("1950-01-02"));
    patient.setGender(AdministrativeGender.FEMALE);
    Device device = new Device();
    device
        .addIdentifier()
        .setSystem("urn:oid:1.2.840.10004.1.1.1.0.0.1.0.0.1.2680")
        .setValue("FE-ED-FF-FE-00-00-00-01");
    return new ResourceReader() {
      @Override
      public <T extends Resource> Optional<T> read(TenantId tenant, Class<T> type, String id) {
        Resource found = id.equals("p1") ? patient : id.equals("d1") ? device : null;
        return Optional.ofNullable(found).map(type::cast);
      }
    };
  }
}
