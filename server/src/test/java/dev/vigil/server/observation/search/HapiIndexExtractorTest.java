package dev.vigil.server.observation.search;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.util.FhirContextSearchParamRegistry;
import dev.vigil.telemetry.observation.IndexEntry;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HapiIndexExtractorTest {

  private static final String UCUM = "http://unitsofmeasure.org";

  private final FhirContext context = FhirContext.forR4Cached();
  private final HapiIndexExtractor extractor =
      new HapiIndexExtractor(context, new FhirContextSearchParamRegistry(context));

  @Test
  void aReadingIsFoundByItsCodeTimeAndValue() {
    List<IndexEntry> entries =
        extractor.entries(
            """
            {"resourceType":"Observation","status":"final",
             "code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Weight"}]},
             "effectiveDateTime":"2026-01-02T03:04:05Z",
             "valueQuantity":{"value":70.50,"system":"http://unitsofmeasure.org","code":"kg"}}""");

    Instant measured = Instant.parse("2026-01-02T03:04:05Z");
    assertThat(entries)
        .contains(
            new IndexEntry.Token("status", 0, "http://hl7.org/fhir/observation-status", "final"),
            new IndexEntry.Token("code", 0, "http://loinc.org", "29463-7"),
            new IndexEntry.Token("combo-code", 0, "http://loinc.org", "29463-7"),
            new IndexEntry.Text("code:text", 0, "WEIGHT", "Weight"),
            new IndexEntry.Date("date", 0, measured, measured),
            new IndexEntry.Quantity("value-quantity", 0, UCUM, "kg", 70.5, false),
            new IndexEntry.Quantity("value-quantity", 0, UCUM, "g", 70500, true),
            new IndexEntry.Quantity("combo-value-quantity", 0, UCUM, "kg", 70.5, false));
  }

  @Test
  void whatIsFoundOnAComponentKnowsWhichOne() {
    List<IndexEntry> entries =
        extractor.entries(
            """
            {"resourceType":"Observation","status":"final",
             "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},
             "component":[
              {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},
               "valueQuantity":{"value":120}},
              {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},
               "valueQuantity":{"value":80}}]}""");

    assertThat(entries)
        .filteredOn(entry -> entry.param().equals("combo-code"))
        .containsExactlyInAnyOrder(
            new IndexEntry.Token("combo-code", 0, "http://loinc.org", "85354-9"),
            new IndexEntry.Token("combo-code", 1, "http://loinc.org", "8480-6"),
            new IndexEntry.Token("combo-code", 2, "http://loinc.org", "8462-4"));
    assertThat(entries)
        .filteredOn(entry -> entry.param().equals("component-value-quantity"))
        .containsExactlyInAnyOrder(
            new IndexEntry.Quantity("component-value-quantity", 1, "", "", 120, false),
            new IndexEntry.Quantity("component-value-quantity", 2, "", "", 80, false));
  }

  @Test
  void theSameEntryOnTwoComponentsIsTwoEntries() {
    List<IndexEntry> entries =
        extractor.entries(
            """
            {"resourceType":"Observation","status":"final","code":{"text":"x"},
             "component":[
              {"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":1}},
              {"code":{"coding":[{"code":"b"}]},"valueQuantity":{"value":1}}]}""");

    assertThat(entries)
        .contains(
            new IndexEntry.Quantity("component-value-quantity", 1, "", "", 1, false),
            new IndexEntry.Quantity("component-value-quantity", 2, "", "", 1, false));
  }

  @Test
  void aPeriodMayBeOpenAndADayIsAsLongAsADay() {
    List<IndexEntry> open =
        extractor.entries(
            """
            {"resourceType":"Observation","status":"final","code":{"text":"x"},
             "effectivePeriod":{"start":"2026-01-02T03:04:05Z"}}""");
    List<IndexEntry> day =
        extractor.entries(
            """
            {"resourceType":"Observation","status":"final","code":{"text":"x"},
             "effectiveDateTime":"2026-01-02"}""");

    assertThat(open)
        .contains(new IndexEntry.Date("date", 0, Instant.parse("2026-01-02T03:04:05Z"), null));
    assertThat(day)
        .filteredOn(entry -> entry.param().equals("date"))
        .singleElement()
        .isInstanceOfSatisfying(
            IndexEntry.Date.class,
            date ->
                assertThat(java.time.Duration.between(date.low(), date.high()).toMillis())
                    .isEqualTo(24 * 60 * 60 * 1000 - 1));
  }

  @Test
  void identifiersAreFoundWithTheirTypeAndInsideReferences() {
    List<IndexEntry> entries =
        extractor.entries(
            """
            {"resourceType":"Observation","status":"final","code":{"text":"x"},
             "identifier":[{"type":{"coding":[{"system":"urn:types","code":"PLAC"}]},
              "system":"urn:orders","value":"7"}],
             "subject":{"identifier":{"system":"urn:mrn","value":"12"}}}""");

    assertThat(entries)
        .contains(
            new IndexEntry.Token("identifier", 0, "urn:orders", "7"),
            new IndexEntry.Token("identifier:of-type", 0, "urn:types", "PLAC|7"),
            new IndexEntry.Token("subject:identifier", 0, "urn:mrn", "12"));
  }

  @Test
  void tagsProfilesLabelsAndSourceAreFound() {
    List<IndexEntry> entries =
        extractor.entries(
            """
            {"resourceType":"Observation","status":"final","code":{"text":"x"},"language":"de",
             "meta":{"source":"urn:door#request7","profile":["urn:profile"],
              "tag":[{"system":"urn:tags","code":"t"}],"security":[{"code":"R"}]}}""");

    assertThat(entries)
        .contains(
            new IndexEntry.Uri("_source", 0, "urn:door"),
            new IndexEntry.Uri("_profile", 0, "urn:profile"),
            new IndexEntry.Token("_tag", 0, "urn:tags", "t"),
            new IndexEntry.Token("_security", 0, "", "R"));
  }

  @Test
  void quantitiesOfOneSizeHaveOneCanonicalValue() {
    assertThat(CanonicalQuantity.of(UCUM, "mg", new java.math.BigDecimal("5.40")))
        .isEqualTo(CanonicalQuantity.of(UCUM, "g", new java.math.BigDecimal("0.0054")));
    assertThat(CanonicalQuantity.of(UCUM, "Cel", new java.math.BigDecimal("36.50")))
        .isEqualTo(CanonicalQuantity.of(UCUM, "Cel", new java.math.BigDecimal("36.5")));
    assertThat(CanonicalQuantity.of("urn:other", "mg", java.math.BigDecimal.ONE)).isEmpty();
    assertThat(CanonicalQuantity.of(UCUM, "nonsense", java.math.BigDecimal.ONE)).isEmpty();
  }
}
