package dev.vigil.server.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Answer;
import dev.vigil.server.story.Bedside;
import dev.vigil.server.story.Hospital;
import java.math.BigDecimal;
import java.time.Instant;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.PlanDefinition;
import org.hl7.fhir.r4.model.PlanDefinition.PlanDefinitionActionComponent;
import org.hl7.fhir.r4.model.Quantity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rule's owner edits it over FHIR while the server runs. */
class RuleEditingTest {

  private static final String RULE = "PlanDefinition/PM-02";

  private final Hospital hospital = new Hospital();
  private PlanDefinition shipped;

  @BeforeEach
  void reads() {
    shipped = hospital.get(RULE).resource(PlanDefinition.class);
  }

  @AfterEach
  void putsItBack() {
    assertThat(hospital.put(RULE, shipped).status()).isEqualTo(200);
  }

  @Test
  void anEditCountsFromTheNextReadingOn() {
    Bedside bed = hospital.admit();
    hospital.post("Observation", bed.impedance("1500", Instant.now()));
    hospital.rulesCaughtUp();
    assertThat(hospital.alerts(bed.patient())).isEmpty();

    PlanDefinition edited = shipped.copy();
    edited.setVersion("1.0.1");
    limit(edited, new BigDecimal("2000"), new BigDecimal("1400"));
    Answer put = hospital.put(RULE, edited);
    assertThat(put.status()).as(put.body()).isEqualTo(200);
    hospital.post("Observation", bed.impedance("1500", Instant.now()));

    DetectedIssue alert = hospital.alerts(bed.patient(), 1).get(0);
    assertThat(
            alert
                .getExtensionByUrl("https://vigil.dev/fhir/StructureDefinition/alert-rule")
                .getValue()
                .primitiveValue())
        .isEqualTo("https://vigil.dev/fhir/PlanDefinition/PM-02|1.0.1");
  }

  @Test
  void aBrokenEditIsRefusedWithTheElementAndTheRuleStays() {
    PlanDefinition broken = shipped.copy();
    broken.setVersion("1.0.2");
    PlanDefinitionActionComponent action = broken.getAction().get(0);
    condition(action).getExtensionsByUrl("metric").get(0).setValue(new CodeType("x"));

    Answer answer = hospital.put(RULE, broken);

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    assertThat(answer.expressions())
        .isNotEmpty()
        .allSatisfy(e -> assertThat(e).startsWith("PlanDefinition.action[0]"));
    assertThat(hospital.get(RULE).resource(PlanDefinition.class).getVersion())
        .isEqualTo(shipped.getVersion());
    Bedside bed = hospital.admit();
    hospital.post("Observation", bed.impedance("150", Instant.now()));
    assertThat(hospital.alerts(bed.patient(), 1)).hasSize(1);
  }

  @Test
  void aRuleWithoutItsSignalIsRefusedAlsoWhenItIsNew() {
    PlanDefinition fresh = new PlanDefinition();
    fresh.setStatus(PublicationStatus.ACTIVE);
    fresh.getMeta().addProfile("https://vigil.dev/fhir/StructureDefinition/rule");
    assertThat(hospital.post("PlanDefinition", fresh).status()).isEqualTo(422);

    fresh.getMeta().getProfile().clear();
    Answer other = hospital.post("PlanDefinition", fresh);
    assertThat(other.status()).as("a plan that claims to be no rule").isEqualTo(201);
    hospital.send(
        "DELETE",
        "PlanDefinition/" + other.resource(PlanDefinition.class).getIdElement().getIdPart(),
        null);
  }

  private static void limit(PlanDefinition rule, BigDecimal from, BigDecimal to) {
    int changed = 0;
    for (PlanDefinitionActionComponent action : rule.getAction()) {
      if (condition(action) == null) {
        continue;
      }
      for (Extension part : condition(action).getExtensionsByUrl("limit")) {
        if (part.getValue() instanceof Quantity limit && limit.getValue().compareTo(from) == 0) {
          limit.setValue(to);
          changed++;
        }
      }
    }
    assertThat(changed).isPositive();
  }

  private static Extension condition(PlanDefinitionActionComponent action) {
    Extension clause =
        action.getExtensionByUrl("https://vigil.dev/fhir/StructureDefinition/rule-clause");
    return clause == null || !clause.hasExtension("condition")
        ? null
        : clause.getExtensionsByUrl("condition").get(0);
  }
}
