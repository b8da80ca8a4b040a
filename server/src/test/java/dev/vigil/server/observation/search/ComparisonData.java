package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import ca.uhn.fhir.util.StringUtil;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.DiagnosticReport;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Group;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationComponentComponent;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Provenance;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.Specimen;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Timing;
import org.hl7.fhir.r4.model.Type;

/** A varied set: generated with a fixed seed, and what others published where it is at hand. */
final class ComparisonData {

  static final String LOINC = "http://loinc.org";
  static final String UCUM = "http://unitsofmeasure.org";

  private static final List<String> CODES =
      List.of("29463-7", "8867-4", "59408-5", "8310-5", "15074-8", "2339-0");
  private static final List<String[]> UNITS =
      List.of(
          new String[] {"kg", "29463-7"},
          new String[] {"g", "29463-7"},
          new String[] {"/min", "8867-4"},
          new String[] {"%", "59408-5"},
          new String[] {"Cel", "8310-5"},
          new String[] {"[degF]", "8310-5"},
          new String[] {"mmol/L", "15074-8"},
          new String[] {"mg/dL", "2339-0"});
  private static final List<String> DAYS =
      List.of("2024-02-28", "2024-02-29", "2024-03-01", "2024-12-31", "2025-01-01", "2025-06-15");

  private static final Pattern TIME =
      Pattern.compile("\"(\\d{4}-\\d\\d-\\d\\dT[0-9:.]+[+-]\\d\\d:\\d\\d)\"");

  private final FhirContext context = FhirContext.forR4Cached();
  private final Random random = new Random(20261127);
  private final Map<String, Resource> targets = new LinkedHashMap<>();
  private final Map<String, Observation> observations = new LinkedHashMap<>();
  private final List<Resource> referring = new ArrayList<>();

  ComparisonData(Path published) throws IOException {
    targets();
    for (int i = 0; i < 160; i++) {
      add(generated(i));
    }
    odd();
    if (published != null) {
      published(published);
    }
    referring();
  }

  /** What Observations refer to. */
  List<Resource> targetList() {
    return List.copyOf(targets.values());
  }

  List<Observation> observationList() {
    return List.copyOf(observations.values());
  }

  /** What refers to Observations. */
  List<Resource> referringList() {
    return List.copyOf(referring);
  }

  /** What a chain leads to, in the words of the index; empty where it leads nowhere. */
  List<String> chained(String observation, String chain) {
    Observation from = observations.get(observation.replace("Observation/", ""));
    Reference reference = chain.contains("device.") ? from.getDevice() : from.getSubject();
    Resource target = targets.get(String.valueOf(reference.getReference()));
    boolean byName = chain.endsWith(".name");
    if (target instanceof Patient patient && byName) {
      return patient.getName().stream()
          .flatMap(
              name ->
                  Stream.of(
                          Stream.of(name.getFamily(), name.getText()),
                          name.getGiven().stream().map(StringType::getValue),
                          name.getPrefix().stream().map(StringType::getValue),
                          name.getSuffix().stream().map(StringType::getValue))
                      .flatMap(parts -> parts))
          .filter(Objects::nonNull)
          .map(StringUtil::normalizeStringForSearchIndexing)
          .toList();
    } else if (target instanceof Patient patient) {
      return identifiers(patient.getIdentifier());
    }
    return target instanceof Device device ? identifiers(device.getIdentifier()) : List.of();
  }

  private static List<String> identifiers(List<Identifier> all) {
    return all.stream()
        .map(one -> (one.hasSystem() ? one.getSystem() : "") + "\u0001" + one.getValue())
        .toList();
  }

  private void add(Observation observation) {
    observations.put(observation.getIdElement().getIdPart(), observation);
  }

  private void target(Resource resource, String id) {
    resource.setId(id);
    targets.put(resource.fhirType() + "/" + id, resource);
  }

  private void targets() {
    target(new Organization().setName("Ward Seven"), "org-a");
    for (int i = 0; i < 4; i++) {
      Patient patient = new Patient();
      patient.addName().setFamily(List.of("Adler", "Berg", "Celan", "Ädler").get(i)).addGiven("X");
      patient.addIdentifier().setSystem("urn:mrn").setValue("m" + i);
      patient.setActive(i % 2 == 0);
      patient.setManagingOrganization(new Reference("Organization/org-a"));
      target(patient, "pat-" + i);
      Device device = new Device();
      device.addIdentifier().setSystem("urn:device").setValue("d" + i);
      device.setPatient(new Reference("Patient/pat-" + i));
      target(device, "dev-" + i);
      Encounter encounter = new Encounter();
      encounter.setStatus(Encounter.EncounterStatus.FINISHED);
      encounter.setSubject(new Reference("Patient/pat-" + i));
      target(encounter, "enc-" + i);
    }
    target(new Practitioner(), "pract-a");
    target(new Location().setName("Room 1"), "loc-a");
    target(new Specimen().setSubject(new Reference("Patient/pat-0")), "spec-a");
    target(
        new Group().setType(Group.GroupType.PERSON).setActual(true).setName("cohort"), "group-a");
  }

  private Observation generated(int i) {
    Observation observation = new Observation();
    observation.setId("gen-" + i);
    observation.setStatus(pick(List.of(ObservationStatus.FINAL, ObservationStatus.PRELIMINARY)));
    String[] unit = pick(UNITS);
    observation.setCode(code(unit[1]));
    if (chance(3)) {
      observation.getCode().addCoding(new Coding("urn:local", "L" + random.nextInt(3), "Lokal"));
    }
    observation.addCategory(
        new CodeableConcept(
            new Coding(
                "http://terminology.hl7.org/CodeSystem/observation-category",
                pick(List.of("vital-signs", "laboratory")),
                "Category")));
    observation.setSubject(
        new Reference(i % 17 == 0 ? "Group/group-a" : "Patient/pat-" + random.nextInt(4)));
    time(observation);
    value(observation, unit[0]);
    if (chance(2)) {
      observation.addIdentifier(identifier(i));
    }
    if (chance(2)) {
      observation.setDevice(new Reference("Device/dev-" + random.nextInt(4)));
    }
    if (chance(3)) {
      observation.setEncounter(new Reference("Encounter/enc-" + random.nextInt(4)));
    }
    if (chance(4)) {
      observation.addPerformer(new Reference("Practitioner/pract-a"));
      observation.addPerformer(new Reference("Organization/org-a"));
    }
    if (chance(5)) {
      observation.setMethod(new CodeableConcept(new Coding("urn:method", "cuff", "Manschette")));
    }
    if (chance(6)) {
      observation.setSpecimen(new Reference("Specimen/spec-a"));
    }
    if (chance(6)) {
      observation.addFocus(new Reference("Location/loc-a"));
    }
    if (i > 10 && chance(5)) {
      observation.addDerivedFrom(new Reference("Observation/gen-" + random.nextInt(10)));
    }
    if (i > 10 && chance(5)) {
      observation.addHasMember(new Reference("Observation/gen-" + random.nextInt(10)));
    }
    if (chance(4)) {
      observation.getMeta().addTag("urn:tags", pick(List.of("a", "b")), "Tag");
    }
    if (chance(6)) {
      observation.getMeta().addSecurity("urn:labels", "R", "restricted");
    }
    if (chance(4)) {
      observation.getMeta().addProfile(pick(List.of("http://x.org/p/one", "http://x.org/p/two")));
    }
    if (chance(6)) {
      observation.getMeta().setSource("http://door.org/" + pick(List.of("a", "b")));
    }
    if (chance(6)) {
      observation.setLanguage("de");
    }
    if (chance(3)) {
      components(observation);
    }
    return observation;
  }

  private Identifier identifier(int i) {
    Identifier identifier = new Identifier().setSystem("urn:reading").setValue("r" + i % 40);
    if (chance(2)) {
      identifier.setType(new CodeableConcept(new Coding("urn:types", "FILL", null)));
    }
    return identifier;
  }

  private void time(Observation observation) {
    String day = pick(DAYS);
    switch (random.nextInt(10)) {
      case 0 -> observation.setEffective(new DateTimeType(day));
      case 1 -> observation.setEffective(new DateTimeType(day.substring(0, 7)));
      case 2 -> observation.setEffective(new DateTimeType(day.substring(0, 4)));
      case 3 -> {
        Period period = new Period();
        period.setStartElement(new DateTimeType(day + "T08:00:00Z"));
        period.setEndElement(new DateTimeType(day + "T20:00:00Z"));
        observation.setEffective(period);
      }
      case 4 -> {
        Period open = new Period();
        open.setStartElement(new DateTimeType(day + "T08:00:00Z"));
        observation.setEffective(open);
      }
      case 5 -> observation.setEffective(new InstantType(day + "T12:00:00.250Z"));
      case 6 -> {
        Timing timing = new Timing();
        timing.addEvent(new DateTimeType(day + "T06:00:00Z").getValue());
        timing.addEvent(new DateTimeType(day + "T18:00:00Z").getValue());
        observation.setEffective(timing);
      }
      case 7 -> observation.setEffective(null);
      default ->
          observation.setEffective(
              new DateTimeType(
                  day + "T%02d:%02d:00Z".formatted(random.nextInt(24), random.nextInt(60))));
    }
  }

  private void value(Observation observation, String unit) {
    switch (random.nextInt(9)) {
      case 0 -> observation.setValue(new StringType(pick(List.of("Größe passt", "quite fine"))));
      case 1 -> observation.setValue(code(pick(CODES)));
      case 2 -> observation.setValue(new CodeableConcept().setText("nichts Besonderes"));
      case 3 -> observation.setValue(new DateTimeType(pick(DAYS) + "T01:02:03Z"));
      case 4 ->
          observation.setDataAbsentReason(
              new CodeableConcept(
                  new Coding(
                      "http://terminology.hl7.org/CodeSystem/data-absent-reason", "error", null)));
      case 5 -> {
        Period period = new Period();
        period.setEndElement(new DateTimeType(pick(DAYS)));
        observation.setValue(period);
      }
      default -> observation.setValue(quantity(unit));
    }
  }

  private Quantity quantity(String unit) {
    Quantity quantity = new Quantity();
    quantity.setValue(new BigDecimal(pick(List.of("5.4", "5.40", "36.5", "98.6", "120", "0.5"))));
    switch (random.nextInt(6)) {
      case 0 -> quantity.setUnit(unit);
      case 1 -> quantity.setSystem("urn:units").setCode(unit).setUnit(unit);
      default -> quantity.setSystem(UCUM).setCode(unit).setUnit(unit);
    }
    return quantity;
  }

  private void components(Observation observation) {
    for (String code : List.of("8480-6", "8462-4")) {
      ObservationComponentComponent component = observation.addComponent();
      component.setCode(code(code));
      Type value =
          switch (random.nextInt(4)) {
            case 0 -> code(pick(CODES));
            case 1 -> null;
            default ->
                new Quantity()
                    .setValue(new BigDecimal(pick(List.of("80", "120", "140"))))
                    .setSystem(UCUM)
                    .setCode("mm[Hg]");
          };
      component.setValue(value);
      if (value == null) {
        component.setDataAbsentReason(
            new CodeableConcept(new Coding("urn:absent", "unknown", null)));
      }
    }
  }

  private void odd() {
    Observation bare = new Observation();
    bare.setId("odd-bare");
    bare.setStatus(ObservationStatus.UNKNOWN);
    bare.setCode(new CodeableConcept().setText("nothing but a text"));
    add(bare);

    Observation elsewhere = new Observation();
    elsewhere.setId("odd-elsewhere");
    elsewhere.setStatus(ObservationStatus.FINAL);
    elsewhere.setCode(new CodeableConcept(new Coding(null, "no-system", "Ohne System")));
    elsewhere.setSubject(new Reference("http://other.org/fhir/Patient/77"));
    elsewhere.setValue(new Quantity().setValue(new BigDecimal("-273.15")));
    add(elsewhere);

    Observation logical = new Observation();
    logical.setId("odd-logical");
    logical.setStatus(ObservationStatus.FINAL);
    logical.setCode(code("8867-4"));
    logical.setSubject(
        new Reference().setIdentifier(new Identifier().setSystem("urn:mrn").setValue("m9")));
    logical.setEffective(new DateTimeType("1969-07-20T20:17:40Z"));
    logical.setValue(new StringType("a,b|c$d\\e"));
    add(logical);
  }

  private void referring() {
    for (int i = 0; i < 12; i++) {
      DetectedIssue issue = new DetectedIssue();
      issue.setId("issue-" + i);
      issue.setStatus(DetectedIssue.DetectedIssueStatus.FINAL);
      issue.setPatient(new Reference("Patient/pat-" + i % 4));
      issue.addImplicated(new Reference("Observation/gen-" + i * 7));
      if (i % 3 == 0) {
        issue.addImplicated(new Reference("Device/dev-1"));
      }
      referring.add(issue);
    }
    for (int i = 0; i < 6; i++) {
      DiagnosticReport report = new DiagnosticReport();
      report.setId("report-" + i);
      report.setStatus(DiagnosticReport.DiagnosticReportStatus.FINAL);
      report.setCode(code("24323-8"));
      report.setSubject(new Reference("Patient/pat-" + i % 4));
      report.addResult(new Reference("Observation/gen-" + (i * 11 + 1)));
      referring.add(report);
    }
    Provenance provenance = new Provenance();
    provenance.setId("prov-0");
    provenance.addTarget(new Reference("DetectedIssue/issue-0"));
    provenance.addTarget(new Reference("Observation/gen-3"));
    provenance.setRecorded(new InstantType("2025-01-01T00:00:00Z").getValue());
    provenance.addAgent().setWho(new Reference("Practitioner/pract-a"));
    referring.add(provenance);
  }

  private void published(Path fhir) throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<String> lines = Files.lines(fhir.resolve("synthea-r4/ndjson/Observation.ndjson"))) {
      lines.limit(250).forEach(texts::add);
    }
    for (String folder : List.of("phd-ig/examples", "hl7-r4-examples")) {
      try (Stream<Path> files = Files.list(fhir.resolve(folder))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
          texts.add(Files.readString(file));
        }
      }
    }
    IParser parser = context.newJsonParser();
    parser.setParserErrorHandler(new LenientErrorHandler(false).disableAllErrors());
    for (String text : texts) {
      if (text.contains("\"Observation\"")
          && parser.parseResource(text) instanceof Observation observation) {
        observation.setId("pub-" + observations.size());
        observation.setText(null);
        standIns(observation);
        add(observation);
      }
    }
  }

  /** Empty ones for what was not published with it. */
  private void standIns(Observation observation) {
    context
        .newTerser()
        .getAllResourceReferences(observation)
        .forEach(
            found -> {
              Reference reference = (Reference) found.getResourceReference();
              String type = reference.getReferenceElement().getResourceType();
              String id = reference.getReferenceElement().getIdPart();
              if (Set.of("Patient", "Device", "Encounter").contains(type)
                  && !reference.getReferenceElement().hasBaseUrl()) {
                if (!targets.containsKey(type + "/" + id)) {
                  target((Resource) context.getResourceDefinition(type).newInstance(), id);
                }
              } else if (reference.hasReference() && !reference.getReference().startsWith("#")) {
                reference.setReference("http://elsewhere.org/fhir/" + type + "/" + id);
              }
            });
  }

  /** Whether a time in it is of another day in its own zone than in UTC. */
  boolean liesOnTwoDays(Observation observation) {
    Matcher times = TIME.matcher(context.newJsonParser().encodeResourceToString(observation));
    while (times.find()) {
      OffsetDateTime time = OffsetDateTime.parse(times.group(1));
      if (!time.toLocalDate().equals(time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate())) {
        return true;
      }
    }
    return false;
  }

  private static CodeableConcept code(String loinc) {
    return new CodeableConcept(new Coding(LOINC, loinc, "Name of " + loinc)).setText("T " + loinc);
  }

  private boolean chance(int in) {
    return random.nextInt(in) == 0;
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
