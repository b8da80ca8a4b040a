package dev.vigil.telemetry.log;

import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.alert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.Quantity;
import dev.vigil.core.event.Actor;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.AlertResolved;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.TestReadings;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {

  private static final Actor NURSE = new Actor("Practitioner/nurse", "Nurse \u0000 Ōne \ud800");

  private final EventCodec codec = new EventCodec();

  static Stream<Event> everyType() {
    return Stream.of(
        new ResourcesWritten(
            List.of(
                new ResourceChange("Observation", "o-1", 1, Action.CREATED),
                new ResourceChange("Device", "d-1", 7, Action.UPDATED),
                new ResourceChange("Patient", "p-1", 3, Action.DELETED)),
            List.of(TestReadings.glucose("o-1", "6.30", NOON), TestReadings.coded("o-2", NOON))),
        new ResourcesWritten(List.of(), List.of()),
        new AlertRaised(alert(), NOON),
        new AlertAcknowledged(alert(), NURSE, "seen", NOON),
        new AlertCleared(alert(), NOON.plusNanos(1), NOON),
        new AlertResolved(alert(), NURSE, "", NOON));
  }

  @ParameterizedTest
  @MethodSource("everyType")
  void givesBackWhatItStored(Event event) {
    EventCodec.Encoded encoded = codec.encode(event);

    assertThat(encoded.payload()).matches("\\p{ASCII}+");
    assertThat(encoded.version()).isEqualTo(1);
    assertThat(codec.decode(encoded.kind(), encoded.version(), encoded.payload())).isEqualTo(event);
  }

  @Test
  void namesEachTypeForGood() {
    assertThat(everyType().map(event -> codec.encode(event).kind()).distinct())
        .containsExactly(
            "resources-written",
            "alert-raised",
            "alert-acknowledged",
            "alert-cleared",
            "alert-resolved");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"6.30", "0", "0.000", "-1.50", "1E+3", "1E-12", "12345678901234567890.10"})
  void keepsTheScaleOfNumbers(String number) {
    EventCodec.Encoded encoded =
        codec.encode(
            new ResourcesWritten(List.of(), List.of(TestReadings.glucose("o", number, NOON))));

    ResourcesWritten back = (ResourcesWritten) codec.decode(encoded.kind(), 1, encoded.payload());

    assertThat(((Quantity) back.readings().get(0).value()).value()).hasToString(number);
  }

  @Test
  void stillReadsAPayloadOfVersionOne() {
    String payload =
        """
        {"changes":[{"type":"Observation","id":"o-1","version":1,"action":"CREATED"}],
         "readings":[{"observation":"o-1","device":"sensor-1","patient":"ward-1",
          "metric":"glucose-interstitial","value":"6.30","unit":"mmol/L",
          "measuredAt":"2026-03-01T12:00:00Z","receivedAt":"2026-03-01T13:00:00Z"}]}
        """;

    assertThat(codec.decode("resources-written", 1, payload))
        .isEqualTo(TestReadings.written("o-1"));
  }

  @Test
  void refusesWhatItDoesNotKnowWithoutQuotingThePayload() {
    assertThatThrownBy(() -> codec.decode("resources-written", 2, "{}"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> codec.decode("weather-changed", 1, "{}"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> codec.decode("resources-written", 1, "{\"marker"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("marker");
  }
}
