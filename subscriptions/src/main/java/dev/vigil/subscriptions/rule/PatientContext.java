package dev.vigil.subscriptions.rule;

import dev.vigil.core.PatientId;
import dev.vigil.core.TenantId;
import java.time.Instant;

/**
 * What is known about a patient beside the signal: at rest, awake, pacing-dependent. The server
 * reads it from Condition, Flag and Observation.
 */
@FunctionalInterface
public interface PatientContext {

  /** What is known. */
  enum Answer {
    /** It is so. */
    YES,
    /** It is not so. */
    NO,
    /** Nobody said. The rule's safer reading decides. */
    UNKNOWN
  }

  /** Knows nothing about anybody. */
  PatientContext UNKNOWN = (tenant, patient, question, moment) -> Answer.UNKNOWN;

  /**
   * Answers a question about a moment.
   *
   * @param question code of {@code https://vigil.dev/fhir/CodeSystem/rule-context}
   * @param moment event time
   */
  Answer answer(TenantId tenant, PatientId patient, String question, Instant moment);
}
