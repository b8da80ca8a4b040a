package dev.vigil.telemetry.observation;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Type;

/** A few of the search parameters of Observation; counts how often it is asked. */
final class TestExtractor implements IndexExtractor {

  int asked;

  @Override
  public List<IndexEntry> entries(String json) {
    asked++;
    Observation observation =
        PublishedObservations.FHIR.newJsonParser().parseResource(Observation.class, json);
    List<IndexEntry> entries = new ArrayList<>();
    if (observation.hasStatus()) {
      entries.add(new IndexEntry.Token("status", 0, "", observation.getStatus().toCode()));
    }
    observation
        .getIdentifier()
        .forEach(
            it ->
                entries.add(new IndexEntry.Token("identifier", 0, it.getSystem(), it.getValue())));
    codes("code", 0, observation.getCode(), entries);
    value("value-quantity", 0, observation.getValue(), entries);
    if (observation.hasEffectiveDateTimeType()) {
      var moment = observation.getEffectiveDateTimeType().getValue().toInstant();
      entries.add(new IndexEntry.Date("date", 0, moment, moment));
      entries.add(new IndexEntry.Date("when", 0, moment, moment));
    }
    for (int i = 0; i < observation.getComponent().size(); i++) {
      var component = observation.getComponent().get(i);
      codes("component-code", i + 1, component.getCode(), entries);
      value("component-value-quantity", i + 1, component.getValue(), entries);
    }
    return entries;
  }

  private static void codes(
      String param, int element, CodeableConcept concept, List<IndexEntry> entries) {
    concept
        .getCoding()
        .forEach(
            it -> entries.add(new IndexEntry.Token(param, element, it.getSystem(), it.getCode())));
  }

  private static void value(String param, int element, Type value, List<IndexEntry> entries) {
    if (value instanceof StringType text) {
      String exact = text.getValue();
      entries.add(new IndexEntry.Text("value-string", element, exact.toUpperCase(), exact));
    }
    if (value instanceof Quantity quantity && quantity.getValue() != null) {
      double number = quantity.getValue().doubleValue();
      entries.add(
          new IndexEntry.Quantity(
              param, element, "" + quantity.getSystem(), "" + quantity.getCode(), number, false));
      entries.add(
          new IndexEntry.Quantity(param, element, "ucum", "base", number / 60 + 273.15, true));
    }
  }
}
