package dev.vigil.telemetry.observation;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Assumptions;

/** The R4 Observations that others published, contained ones and those of bundles included. */
final class PublishedObservations {

  static final FhirContext FHIR = FhirContext.forR4Cached();

  private static final Pattern HOLDS_OBSERVATIONS =
      Pattern.compile("\"resourceType\"\\s*:\\s*\"Observation\"|<Observation ");

  private PublishedObservations() {}

  /** All of them; skips the test where they are not at hand. */
  static List<Observation> all() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("shared/data/fhir"))) {
      folder = folder.getParent();
    }
    Assumptions.assumeTrue(folder != null, "the published examples are not here");
    try (Stream<Path> files = Files.walk(folder.resolve("shared/data/fhir"))) {
      return files
          .filter(file -> file.toString().matches(".*\\.(json|ndjson|xml)"))
          .filter(file -> !file.toString().contains("-r5")) // Another version of the model.
          .sorted()
          .flatMap(PublishedObservations::in)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As HAPI's parser writes it. */
  static String encode(Observation observation) {
    IParser parser = FHIR.newJsonParser();
    parser.setParserErrorHandler(new LenientErrorHandler(false));
    return parser.encodeResourceToString(observation);
  }

  private static Stream<Observation> in(Path file) {
    try {
      String text = Files.readString(file);
      if (!HOLDS_OBSERVATIONS.matcher(text).find()) {
        return Stream.empty();
      }
      IParser parser = file.toString().endsWith("xml") ? FHIR.newXmlParser() : FHIR.newJsonParser();
      parser.setParserErrorHandler(new LenientErrorHandler(false));
      Stream<String> resources =
          file.toString().endsWith("ndjson") ? text.lines() : Stream.of(text);
      return resources.map(parser::parseResource).flatMap(PublishedObservations::within);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Observation> within(IBaseResource resource) {
    if (resource instanceof Bundle bundle) {
      return bundle.getEntry().stream()
          .filter(entry -> entry.hasResource())
          .flatMap(entry -> within(entry.getResource()));
    }
    if (resource instanceof Observation observation) {
      return Stream.of(observation);
    }
    return resource instanceof DomainResource domain
        ? domain.getContained().stream().map(Resource.class::cast).flatMap(inner -> within(inner))
        : Stream.empty();
  }
}
