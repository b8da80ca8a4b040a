package dev.vigil.telemetry.intake;

import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.MetricDefinition;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationComponentComponent;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Type;

/**
 * The part of an Observation that carries a metric of the catalogue: its own value or that of a
 * component.
 *
 * @param path FHIRPath of the part, for example {@code Observation.component[0]}
 * @param definition the metric its code means
 * @param value value[x]; null if there is none
 * @param absent whether a dataAbsentReason stands for the value
 * @param valueElsewhere whether the value may lack for another reason: components or members carry
 *     it, or the result is still to come
 * @param interpretation what the device said about the value
 */
record Measurement(
    String path,
    MetricDefinition definition,
    Type value,
    boolean absent,
    boolean valueElsewhere,
    List<CodeableConcept> interpretation) {

  /** All of an Observation, its own first, components in order; empty if no code is known. */
  static List<Measurement> of(Observation observation, MetricCatalog catalog) {
    List<Measurement> found = new ArrayList<>();
    boolean registered = observation.getStatus() == ObservationStatus.REGISTERED;
    catalog
        .byConcept(observation.getCode())
        .ifPresent(
            definition ->
                found.add(
                    new Measurement(
                        "Observation",
                        definition,
                        observation.getValue(),
                        observation.hasDataAbsentReason(),
                        registered || observation.hasComponent() || observation.hasHasMember(),
                        observation.getInterpretation())));
    List<ObservationComponentComponent> components = observation.getComponent();
    for (int i = 0; i < components.size(); i++) {
      ObservationComponentComponent component = components.get(i);
      String path = "Observation.component[" + i + "]";
      catalog
          .byConcept(component.getCode())
          .ifPresent(
              definition ->
                  found.add(
                      new Measurement(
                          path,
                          definition,
                          component.getValue(),
                          component.hasDataAbsentReason(),
                          registered,
                          component.getInterpretation())));
    }
    return found;
  }
}
