package dev.vigil.hl7.pcd01;

import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.Hl7Error;
import dev.vigil.hl7.er7.Hl7Refusal;
import dev.vigil.hl7.er7.Hl7Time;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** Gathers the entries of one message's transaction; a Patient, Device or DeviceMetric once. */
final class TransactionBuilder {

  private static final String OBSERVATION_SYSTEM = "urn:vigil:hl7:observation";

  private final Er7Message message;
  private final ZoneId zone;
  private final DeviceMapping devices;
  private final Codes codes;
  private final ObservationMapping observations;
  private final boolean test;
  private final Bundle bundle = new Bundle().setType(Bundle.BundleType.TRANSACTION);
  private final List<MappedMessage.Origin> origins = new ArrayList<>();
  private final Map<String, Reference> known = new HashMap<>();
  private Reference patient;
  private Identifier patientIdentifier;

  TransactionBuilder(
      Er7Message message,
      ZoneId zone,
      DeviceMapping devices,
      Codes codes,
      ObservationMapping observations) {
    this.message = message;
    this.zone = zone;
    this.devices = devices;
    this.codes = codes;
    this.observations = observations;
    // MSH-11 (table 0103): debugging and training are no care.
    this.test = List.of("D", "T").contains(message.header().field(11));
  }

  /** What follows is about this patient. */
  void patient(Er7Segment pid, Patient resource) {
    patientIdentifier = resource.getIdentifierFirstRep();
    patient = once(pid, resource, patientIdentifier);
  }

  /**
   * Adds what the rows of an order measured.
   *
   * @return what is wrong with rows that could not be added
   */
  List<Hl7Error> order(ContainmentTree tree) {
    List<Hl7Error> errors = new ArrayList<>();
    for (List<Er7Segment> group : groups(tree)) {
      try {
        add(tree, group);
      } catch (Hl7Refusal refusal) {
        errors.addAll(refusal.errors());
      }
    }
    return errors;
  }

  MappedMessage build() {
    return new MappedMessage(bundle, origins);
  }

  /** Rows of one compound in one channel, at one time and of one status, are one group. */
  private Collection<List<Er7Segment>> groups(ContainmentTree tree) {
    Map<Object, List<Er7Segment>> groups = new LinkedHashMap<>();
    for (Er7Segment obx : tree.rows()) {
      if (tree.measures(obx)) {
        String compound = ObservationMapping.compound(obx);
        Object key =
            compound.isEmpty()
                ? obx
                : List.of(
                    compound,
                    tree.channel(obx),
                    tree.inherited(obx, row -> text(row, 14)).orElse(""),
                    obx.field(11));
        groups.computeIfAbsent(key, same -> new ArrayList<>()).add(obx);
      }
    }
    return groups.values();
  }

  private void add(ContainmentTree tree, List<Er7Segment> group) {
    Er7Segment obx = group.get(0);
    boolean compound = !ObservationMapping.compound(obx).isEmpty();
    Observation observation =
        compound ? observations.compound(group, zone) : observations.single(obx, zone);
    OffsetDateTime time = time(tree, obx);
    observation.setEffective(Values.dateTime(time));
    observation.setSubject(patient);
    if (test) {
      ObservationMapping.label(observation);
    }
    Optional<Identifier> device = devices.identify(message, tree, obx);
    device.ifPresent(
        identifier -> observation.setDevice(device(tree, obx, identifier, observation.getCode())));
    Identifier identifier = identifier(tree, obx, compound, observation, device, time);
    observation.addIdentifier(identifier);
    store(observation, identifier);
    origins.add(new MappedMessage.Origin(obx, compound ? group : List.of()));
  }

  /**
   * A correction or withdrawal replaces what is there under the same identifier; anything else that
   * is there already stays as it is.
   */
  private void store(Observation observation, Identifier identifier) {
    ObservationStatus status = observation.getStatus();
    boolean replaces =
        status == ObservationStatus.CORRECTED || status == ObservationStatus.ENTEREDINERROR;
    Bundle.BundleEntryRequestComponent request = entry(observation).getRequest();
    if (replaces) {
      request.setMethod(HTTPVerb.PUT);
      request.setUrl("Observation?" + Conditional.byIdentifier(identifier));
    } else {
      request.setMethod(HTTPVerb.POST).setUrl("Observation");
      request.setIfNoneExist(Conditional.byIdentifier(identifier));
    }
  }

  private Reference device(
      ContainmentTree tree, Er7Segment obx, Identifier identifier, CodeableConcept code) {
    Optional<Er7Segment> row = tree.device(obx);
    Optional<CodeableConcept> type =
        row.filter(mds -> mds.blank(5)).map(mds -> codes.concept(mds, 3, 1));
    Device device = devices.device(identifier, type, patient.copy());
    Reference reference = once(row.orElse(obx), device, identifier);
    boolean personal =
        type.filter(DeviceMapping::personal).isPresent()
            || DeviceMapping.personal(codes.concept(tree.order(), 4, 1));
    CodeableConcept unit = Units.concept(codes, obx);
    var metric =
        devices.metric(
            identifier,
            reference.copy(),
            code.copy(),
            Optional.of(unit).filter(concept -> !concept.isEmpty()),
            obx.field(17));
    Reference metricReference = once(obx, metric, metric.getIdentifierFirstRep());
    return personal ? reference.copy() : metricReference.copy();
  }

  /** OBX-14, else the nearest one above, else OBR-7. */
  private OffsetDateTime time(ContainmentTree tree, Er7Segment obx) {
    Optional<Er7Segment> dated = tree.inherited(obx, row -> text(row, 14).map(found -> row));
    Er7Segment row = dated.orElse(tree.order());
    int field = dated.isPresent() ? 14 : 7;
    if (row.field(field).isEmpty()) {
      throw new Hl7Refusal(
          row.at(field), Hl7Error.Code.REQUIRED_FIELD, "neither OBX-14 nor OBR-7 tells the time");
    }
    return Hl7Time.moment(row.field(field), zone)
        .orElseThrow(
            () ->
                new Hl7Refusal(
                    row.at(field),
                    Hl7Error.Code.DATA_TYPE,
                    "the time is not a time with hours and minutes"));
  }

  /**
   * The same for the same measurement, however often it is sent: of sender, patient, device, place
   * in the device, code and time. With the patient, since a measurement that comes again for
   * somebody else is no repeat: the intake has to see it. Preliminary ones are apart from the final
   * one that follows.
   */
  private Identifier identifier(
      ContainmentTree tree,
      Er7Segment obx,
      boolean compound,
      Observation observation,
      Optional<Identifier> device,
      OffsetDateTime time) {
    Er7Segment header = message.header();
    CodeableConcept code = observation.getCode();
    boolean preliminary = observation.getStatus() == ObservationStatus.PRELIMINARY;
    String key =
        String.join(
            "\u001F",
            header.component(3, 1),
            header.component(3, 2),
            header.component(4, 1),
            patientIdentifier.getSystem(),
            patientIdentifier.getValue(),
            device.map(Identifier::getSystem).orElse(""),
            device.map(Identifier::getValue).orElse(""),
            compound ? String.join(".", tree.channel(obx)) : obx.field(4),
            code.hasCoding() ? code.getCodingFirstRep().getCode() : code.getText(),
            time.toInstant().toString(),
            preliminary ? "P" : "");
    return new Identifier().setSystem(OBSERVATION_SYSTEM).setValue(hash(key));
  }

  private Reference once(Er7Segment origin, Resource resource, Identifier identifier) {
    String type = resource.fhirType();
    String key = type + "\u001F" + identifier.getSystem() + "\u001F" + identifier.getValue();
    return known.computeIfAbsent(
        key,
        added -> {
          Bundle.BundleEntryComponent entry = entry(resource);
          entry.getRequest().setMethod(HTTPVerb.POST).setUrl(type);
          entry.getRequest().setIfNoneExist(Conditional.byIdentifier(identifier));
          origins.add(new MappedMessage.Origin(origin, List.of()));
          return new Reference(entry.getFullUrl());
        });
  }

  private Bundle.BundleEntryComponent entry(Resource resource) {
    return bundle.addEntry().setFullUrl("urn:uuid:" + UUID.randomUUID()).setResource(resource);
  }

  private static Optional<String> text(Er7Segment segment, int field) {
    return Optional.of(segment.field(field)).filter(found -> !found.isEmpty());
  }

  private static String hash(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
