package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.hapi.converters.canonical.VersionCanonicalizer;
import org.hl7.fhir.r5.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r5.model.SubscriptionTopic;
import org.junit.jupiter.api.Test;

/** HAPI's own reader of R4 topics understands ours. */
class TopicsTest {

  @Test
  void theReadingTopicIsTriggeredByObservations() {
    SubscriptionTopic topic = topic("topic-reading");
    assertThat(topic.getUrl()).isEqualTo("https://vigil.dev/fhir/SubscriptionTopic/reading");
    assertThat(topic.getResourceTriggerFirstRep().getResource()).endsWith("Observation");
    assertThat(topic.getCanFilterByFirstRep().getFilterParameter()).isEqualTo("code");
  }

  @Test
  void theAlertTopicIsTriggeredByDetectedIssues() {
    SubscriptionTopic topic = topic("topic-alert");
    assertThat(topic.getUrl()).isEqualTo("https://vigil.dev/fhir/SubscriptionTopic/alert");
    assertThat(topic.getResourceTriggerFirstRep().getResource()).endsWith("DetectedIssue");
  }

  @Test
  void bothAreDraftsAsLongAsClientsCannotSubscribe() {
    assertThat(topic("topic-reading").getStatus()).isEqualTo(PublicationStatus.DRAFT);
    assertThat(topic("topic-alert").getStatus()).isEqualTo(PublicationStatus.DRAFT);
  }

  private static SubscriptionTopic topic(String id) {
    return MonitoringPackage.conformance().stream()
        .filter(entry -> entry.type().equals("Basic") && entry.id().equals(id))
        .map(entry -> PackageValidator.parse(entry.json()))
        .map(new VersionCanonicalizer(PackageValidator.FHIR)::subscriptionTopicToCanonical)
        .findFirst()
        .orElseThrow();
  }
}
