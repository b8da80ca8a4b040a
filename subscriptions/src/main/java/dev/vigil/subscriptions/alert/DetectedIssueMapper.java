package dev.vigil.subscriptions.alert;

import dev.vigil.core.Reading;
import dev.vigil.core.Tier;
import dev.vigil.core.event.Alert;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.DetectedIssue;
import org.hl7.fhir.r4.model.DetectedIssue.DetectedIssueMitigationComponent;
import org.hl7.fhir.r4.model.DetectedIssue.DetectedIssueSeverity;
import org.hl7.fhir.r4.model.DetectedIssue.DetectedIssueStatus;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Reference;

/** An alert as FHIR R4: the guide's profile {@code alert} on DetectedIssue. */
public final class DetectedIssueMapper {

  /** Extension that carries the lifecycle state. */
  public static final String STATE = "https://vigil.dev/fhir/StructureDefinition/alert-state";

  private static final String RULE = "https://vigil.dev/fhir/StructureDefinition/alert-rule";
  private static final String TIER = "https://vigil.dev/fhir/StructureDefinition/alert-tier";
  private static final String PROFILE = "https://vigil.dev/fhir/StructureDefinition/alert";
  private static final String RULE_SYSTEM = "https://vigil.dev/fhir/CodeSystem/rule";
  private static final String STATE_SYSTEM = "https://vigil.dev/fhir/CodeSystem/alert-state";
  private static final String IDENTIFIER_SYSTEM = "https://vigil.dev/fhir/alert";
  private static final String RULE_CANONICAL = "https://vigil.dev/fhir/PlanDefinition/";

  private DetectedIssueMapper() {}

  /**
   * The whole resource. Its id is the alert's; its period begins with the condition and ends when
   * that is over, or when somebody closed the alert before.
   */
  public static DetectedIssue issue(TrackedAlert tracked) {
    Alert alert = tracked.alert();
    DetectedIssue issue = new DetectedIssue();
    issue.setId(alert.id().value());
    issue.getMeta().addProfile(PROFILE);
    issue.addIdentifier().setSystem(IDENTIFIER_SYSTEM).setValue(alert.id().value());
    issue.addExtension(STATE, new CodeType(tracked.state().code()));
    issue.addExtension(
        RULE, new CanonicalType(RULE_CANONICAL + alert.rule() + "|" + alert.ruleVersion()));
    issue.addExtension(TIER, new CodeType(alert.tier().name().toLowerCase(Locale.ROOT)));
    issue.setStatus(DetectedIssueStatus.FINAL);
    issue.setSeverity(severity(alert.tier()));
    CodeableConcept code = rule(alert);
    issue.setCode(code);
    issue.setPatient(new Reference("Patient/" + tracked.patient().value()));
    Period period = new Period().setStartElement(dateTime(alert.onset()));
    tracked
        .clearedAt()
        .or(() -> tracked.resolved().map(TrackedAlert.Mark::at))
        .ifPresent(end -> period.setEndElement(dateTime(end)));
    issue.setIdentified(period);
    Set<String> observations = new LinkedHashSet<>();
    Set<String> devices = new LinkedHashSet<>();
    for (Reading reading : alert.evidence()) {
      observations.add("Observation/" + reading.observation().value());
      devices.add("Device/" + reading.device().value());
    }
    devices.forEach(device -> issue.addImplicated(new Reference(device)));
    observations.forEach(observation -> issue.addImplicated(new Reference(observation)));
    DetectedIssue.DetectedIssueEvidenceComponent evidence =
        issue.addEvidence().addCode(code.copy());
    observations.forEach(observation -> evidence.addDetail(new Reference(observation)));
    tracked
        .acknowledged()
        .ifPresent(mark -> issue.addMitigation(mitigation(AlertState.ACKNOWLEDGED, mark)));
    tracked
        .resolved()
        .ifPresent(mark -> issue.addMitigation(mitigation(AlertState.RESOLVED, mark)));
    return issue;
  }

  private static CodeableConcept rule(Alert alert) {
    return new CodeableConcept()
        .addCoding(new Coding(RULE_SYSTEM, alert.rule(), alert.title()))
        .setText(alert.title());
  }

  /** IEC 60601-1-8 high, medium, low; a technical condition is low. */
  private static DetectedIssueSeverity severity(Tier tier) {
    return switch (tier) {
      case HIGH -> DetectedIssueSeverity.HIGH;
      case MEDIUM -> DetectedIssueSeverity.MODERATE;
      case LOW, TECH -> DetectedIssueSeverity.LOW;
    };
  }

  private static DetectedIssueMitigationComponent mitigation(
      AlertState state, TrackedAlert.Mark mark) {
    CodeableConcept action =
        new CodeableConcept().addCoding(new Coding().setSystem(STATE_SYSTEM).setCode(state.code()));
    if (!mark.reason().isEmpty()) {
      action.setText(mark.reason());
    }
    Reference author = new Reference().setDisplay(mark.actor().name());
    // R4 allows no Device as the author of a mitigation.
    if (mark.actor().reference().startsWith("Practitioner")) {
      author.setReference(mark.actor().reference());
    }
    return new DetectedIssueMitigationComponent()
        .setAction(action)
        .setDateElement(dateTime(mark.at()))
        .setAuthor(author);
  }

  private static DateTimeType dateTime(Instant instant) {
    DateTimeType dateTime = new DateTimeType(Date.from(instant));
    dateTime.setTimeZone(TimeZone.getTimeZone("UTC"));
    dateTime.setPrecision(ca.uhn.fhir.model.api.TemporalPrecisionEnum.MILLI);
    return dateTime;
  }
}
