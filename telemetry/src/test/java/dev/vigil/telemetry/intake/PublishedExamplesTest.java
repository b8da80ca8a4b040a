package dev.vigil.telemetry.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.terminology.metric.MetricCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Reference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Observations that others published: none of them may be refused. */
class PublishedExamplesTest {

  private static final FhirContext FHIR = FhirContext.forR4Cached();
  private static final Pattern HOLDS_OBSERVATIONS =
      Pattern.compile("\"resourceType\"\\s*:\\s*\"Observation\"|<Observation ");
  private static final TenantId TENANT = new TenantId("demo");

  private final InMemoryDeviceAssignments assignments = new InMemoryDeviceAssignments();
  private final ReadingCheck check =
      new ReadingCheck(MetricCatalog.standard(), assignments, Clock.systemUTC());
  private Path fhir;

  @BeforeEach
  void findsTheExamples() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("shared/data/fhir"))) {
      folder = folder.getParent();
    }
    Assumptions.assumeTrue(folder != null, "the published examples are not here");
    fhir = folder.resolve("shared/data/fhir");
  }

  @ParameterizedTest
  @CsvSource({
    "phd-ig/examples, 69, 36",
    "pocd-ig/examples, 5, 4",
    "hl7-r4-examples, 19, 0",
    "synthea-r4/bundles, 570, 0",
    "synthea-r4/ndjson, 1502, 0"
  })
  void areNotRefused(String folder, int count, int readingCount) {
    List<Observation> observations = observations(folder);
    assertThat(observations).hasSize(count);
    assertThat(observations)
        .allSatisfy(
            observation -> assertThat(check.screen(observation)).as(observation.getId()).isEmpty());
    int readings = 0;
    for (Observation observation : observations) {
      readings += accepted(observation).size();
    }
    assertThat(readings).isEqualTo(readingCount);
  }

  @Test
  void ofAPacemakerGiveItsReadingsOnceTheySayWhoseAndWhen() {
    List<Observation> interrogations =
        observations("cardx-cied-r5").stream()
            .filter(observation -> observation.getComponent().size() > 20)
            .toList();
    assertThat(interrogations).hasSize(1);
    Observation interrogation = interrogations.get(0);
    interrogation
        .setSubject(new Reference("Patient/p1"))
        .setDevice(new Reference("Device/d1"))
        .setEffective(new DateTimeType("2026-03-01T10:00:00Z"));
    assertThat(check.screen(interrogation)).isEmpty();
    assertThat(accepted(interrogation))
        .extracting(reading -> reading.metric().id())
        .containsExactly(
            "battery-status",
            "battery-voltage",
            "battery-longevity",
            "battery-remaining",
            "sensing-ra",
            "pacing-threshold-ra",
            "lead-impedance-ra");
  }

  /** Accepts it from a device that is known and assigned, temporary references resolved. */
  private List<Reading> accepted(Observation observation) {
    observation.setId("o1");
    if (observation.getDevice().hasReference()) {
      if (observation.getSubject().getReference().startsWith("urn:")) {
        observation.setSubject(new Reference("Patient/p1"));
      }
      if (observation.getDevice().getReference().startsWith("urn:")) {
        observation.setDevice(new Reference("Device/d1"));
      }
      String device = observation.getDevice().getReferenceElement().getIdPart();
      String patient = observation.getSubject().getReferenceElement().getIdPart();
      assignments.device(device).metric(device, device).since(device, Instant.MIN, patient);
    }
    return check.accept(TENANT, observation, Instant.now());
  }

  private List<Observation> observations(String folder) {
    List<Observation> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(fhir.resolve(folder))) {
      for (Path file : files.sorted().filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".ndjson")) {
          Files.readAllLines(file).forEach(line -> collect(parse(line, false), found));
        } else if (name.endsWith(".json") || name.endsWith(".xml")) {
          String text = Files.readString(file);
          if (HOLDS_OBSERVATIONS.matcher(text).find()) {
            collect(parse(text, name.endsWith(".xml")), found);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static IBaseResource parse(String text, boolean xml) {
    IParser parser = xml ? FHIR.newXmlParser() : FHIR.newJsonParser();
    parser.setParserErrorHandler(new LenientErrorHandler(false).setErrorOnInvalidValue(false));
    return parser.parseResource(text);
  }

  private static void collect(IBaseResource resource, List<Observation> found) {
    if (resource instanceof Observation observation) {
      found.add(observation);
    }
    if (resource instanceof Bundle bundle) {
      bundle.getEntry().stream()
          .filter(Bundle.BundleEntryComponent::hasResource)
          .forEach(entry -> collect(entry.getResource(), found));
    }
    if (resource instanceof DomainResource domain) {
      domain.getContained().forEach(contained -> collect(contained, found));
    }
  }
}
