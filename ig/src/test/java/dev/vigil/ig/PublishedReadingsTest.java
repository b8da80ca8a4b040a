package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Readings that the device guides of HL7 publish satisfy our profiles, though they claim theirs.
 */
class PublishedReadingsTest {

  private static final String BASE = "https://vigil.dev/fhir/StructureDefinition/";

  @ParameterizedTest
  @CsvSource({
    "numeric-reading, phd-ig/examples/numeric-spo2-alarm.json",
    "numeric-reading, phd-ig/examples/numeric-spotnumeric.json",
    "numeric-reading, phd-ig/examples/numeric-observation-not-a-number.json",
    "numeric-reading, phd-ig/examples/glucose-observation.json",
    "numeric-reading, phd-ig/examples/temperature-observation.json",
    "compound-reading, phd-ig/examples/compound-numeric-blood-pressure.json",
    "compound-reading, phd-ig/examples/compound-numeric-blood-pressure-no-mean.json",
    "waveform-reading, phd-ig/examples/rtsa-example.json",
    "waveform-reading, phd-ig/examples/rtsa-example-2.json",
    "waveform-reading, pocd-ig/examples/Observation-ECGSampleArrayObservation.xml",
    "monitoring-device, phd-ig/examples/phd-711000FEFF5F49B0.B0495F001071.json",
  })
  void satisfiesOurProfile(String profile, String file) throws IOException {
    Path path = published(file);
    String text = Files.readString(path);
    Resource resource =
        (Resource)
            (file.endsWith(".xml")
                    ? PackageValidator.FHIR.newXmlParser()
                    : PackageValidator.FHIR.newJsonParser())
                .parseResource(text);
    resource.setMeta(null);
    resource.getMeta().addProfile(BASE + profile);
    String json = PackageValidator.FHIR.newJsonParser().encodeResourceToString(resource);
    assertThat(PackageValidator.errors(json))
        .filteredOn(error -> error.getMessage().contains(BASE))
        .isEmpty();
  }

  private static Path published(String file) {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("shared/data"))) {
      folder = folder.getParent();
    }
    assumeTrue(folder != null, "published examples are not here");
    return folder.resolve("shared/data/fhir").resolve(file);
  }
}
