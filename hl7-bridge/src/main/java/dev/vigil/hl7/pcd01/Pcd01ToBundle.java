package dev.vigil.hl7.pcd01;

import dev.vigil.hl7.er7.Er7Location;
import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.Hl7Error;
import dev.vigil.hl7.er7.Hl7Refusal;
import dev.vigil.hl7.er7.Hl7Time;
import dev.vigil.hl7.er7.IdentifierSystems;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps device observations (IHE PCD-01, ORU^R01 of HL7 2.6; other versions are read alike) to a
 * FHIR R4 transaction: Patient, Device and DeviceMetric as conditional creates, an Observation for
 * each metric row or compound, once each however often the message comes.
 */
public final class Pcd01ToBundle {

  private final Pcd01Properties properties;
  private final PatientMapping patients;
  private final DeviceMapping devices;
  private final Codes codes;
  private final ObservationMapping observations;

  /** Maps by the catalogue's codes. */
  public Pcd01ToBundle(Pcd01Properties properties, MetricCatalog catalog) {
    IdentifierSystems systems = new IdentifierSystems(properties.authorities());
    this.properties = properties;
    this.patients = new PatientMapping(systems);
    this.devices = new DeviceMapping(systems);
    this.codes = new Codes(catalog);
    this.observations = new ObservationMapping(codes);
  }

  /**
   * The transaction of a message, not yet checked against the metric catalogue.
   *
   * @throws Hl7Refusal with all that is wrong in the order of the message
   */
  public MappedMessage map(Er7Message message) {
    ZoneId zone = Hl7Time.offset(message.header().field(7)).orElse(properties.zone());
    List<Hl7Error> errors = new ArrayList<>();
    TransactionBuilder transaction =
        new TransactionBuilder(message, zone, devices, codes, observations);
    for (Section section : sections(message)) {
      try {
        transaction.patient(section.pid(), patients.map(message, section.pid()));
        for (ContainmentTree order : section.orders()) {
          errors.addAll(transaction.order(order));
        }
      } catch (Hl7Refusal refusal) {
        errors.addAll(refusal.errors());
      }
    }
    if (!errors.isEmpty()) {
      throw new Hl7Refusal(errors);
    }
    return transaction.build();
  }

  /** A PID and the orders below it. */
  private record Section(Er7Segment pid, List<ContainmentTree> orders) {}

  private static List<Section> sections(Er7Message message) {
    List<Section> sections = new ArrayList<>();
    ContainmentTree order = null;
    for (Er7Segment segment : message.segments()) {
      switch (segment.name()) {
        case "PID" -> {
          sections.add(new Section(segment, new ArrayList<>()));
          order = null;
        }
        case "OBR" -> {
          if (sections.isEmpty()) {
            throw outOfPlace(segment, "OBR comes before PID");
          }
          order = new ContainmentTree(segment);
          sections.get(sections.size() - 1).orders().add(order);
        }
        case "OBX" -> {
          if (order == null) {
            throw outOfPlace(segment, "OBX comes before OBR");
          }
          order.add(segment);
        }
        default -> {}
      }
    }
    if (sections.isEmpty()) {
      throw new Hl7Refusal(
          new Er7Location("PID", 1, 0), Hl7Error.Code.SEGMENT_SEQUENCE, "PID is missing");
    }
    for (Section section : sections) {
      if (section.orders().isEmpty()) {
        throw new Hl7Refusal(
            new Er7Location("OBR", 1, 0), Hl7Error.Code.SEGMENT_SEQUENCE, "OBR is missing");
      }
    }
    return sections;
  }

  private static Hl7Refusal outOfPlace(Er7Segment segment, String message) {
    return new Hl7Refusal(segment.at(0), Hl7Error.Code.SEGMENT_SEQUENCE, message);
  }
}
