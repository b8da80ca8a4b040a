package dev.vigil.subscriptions.rule;

import java.util.Objects;

/**
 * What must be so about the patient for a clause to apply.
 *
 * @param question code of {@code https://vigil.dev/fhir/CodeSystem/rule-context}, for example
 *     {@code at-rest}
 * @param expected the answer the clause asks for
 * @param appliesWhenUnknown the safer reading of an unknown answer
 */
public record ContextTest(String question, boolean expected, boolean appliesWhenUnknown) {

  /** Refuses null. */
  public ContextTest {
    Objects.requireNonNull(question, "question");
  }

  /** Whether the clause applies under an answer. */
  boolean applies(PatientContext.Answer answer) {
    return switch (answer) {
      case YES -> expected;
      case NO -> !expected;
      case UNKNOWN -> appliesWhenUnknown;
    };
  }
}
