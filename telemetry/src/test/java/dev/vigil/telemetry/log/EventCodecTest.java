package dev.vigil.telemetry.log;

import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.alert;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.PatientId;
import dev.vigil.core.ProblemException;
import dev.vigil.core.Quantity;
import dev.vigil.core.event.Actor;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertCleared;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.AlertResolved;
import dev.vigil.core.event.ContentErased;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.LegalHoldPlaced;
import dev.vigil.core.event.LegalHoldReleased;
import dev.vigil.core.event.ObservationsExpired;
import dev.vigil.core.event.PersonErased;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.core.event.RetentionPolicySet;
import dev.vigil.telemetry.TestReadings;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
                TestReadings.created("o-1", TestReadings.PATIENT),
                new ResourceChange("Device", "d-1", 7, Action.UPDATED),
                deleted("o-7", NOON.plusNanos(1_000), Optional.of("o0000000000001")),
                deleted("o-8", NOON.minusSeconds(4), Optional.empty()),
                new ResourceChange("Patient", "p-1", 3, Action.DELETED)),
            List.of(TestReadings.glucose("o-1", "6.30", NOON), TestReadings.coded("o-2", NOON))),
        new ResourcesWritten(List.of(), List.of()),
        new AlertRaised(alert(), NOON),
        new AlertAcknowledged(alert(), NURSE, "seen", NOON),
        new AlertCleared(alert(), NOON.plusNanos(1), NOON),
        new AlertResolved(alert(), NURSE, "", NOON),
        new PersonErased(TestReadings.PATIENT, NOON),
        new RetentionPolicySet("*", OptionalInt.of(365), NOON),
        new RetentionPolicySet("urn:x|vital-signs", OptionalInt.empty(), NOON),
        new LegalHoldPlaced(TestReadings.PATIENT, "file 12", NOON),
        new LegalHoldReleased(TestReadings.PATIENT, NOON),
        new ObservationsExpired(NOON, List.of("o0000000000001", "o0000000000002"), 2, NOON),
        new ObservationsExpired(NOON, List.of(), 5_000_000, NOON));
  }

  private static ResourceChange deleted(String id, Instant at, Optional<String> key) {
    return new ResourceChange(
        "Observation",
        id,
        2,
        Action.DELETED,
        Optional.empty(),
        Optional.empty(),
        Optional.of(new ResourceChange.Stored(at, key)));
  }

  @ParameterizedTest
  @MethodSource("everyType")
  void givesBackWhatItStored(Event event) {
    assertThat(throughTheCodec(event)).isEqualTo(event);
  }

  @Test
  void namesEachTypeForGood() {
    assertThat(everyType().map(event -> codec.encode(event, Set.of()).kind()).distinct())
        .containsExactly(
            "resources-written",
            "alert-raised",
            "alert-acknowledged",
            "alert-cleared",
            "alert-resolved",
            "person-erased",
            "retention-policy-set",
            "legal-hold-placed",
            "legal-hold-released",
            "observations-expired");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"6.30", "0", "0.000", "-1.50", "1E+3", "1E-12", "12345678901234567890.10"})
  void keepsTheScaleOfNumbers(String number) {
    ResourcesWritten written =
        new ResourcesWritten(List.of(), List.of(TestReadings.glucose("o", number, NOON)));

    ResourcesWritten back = (ResourcesWritten) throughTheCodec(written);

    assertThat(((Quantity) back.readings().get(0).value()).value()).hasToString(number);
  }

  private Event throughTheCodec(Event event) {
    EventCodec.Encoded encoded = codec.encode(event, Set.of());
    return codec.decode(
        encoded.kind(),
        EventCodec.VERSION,
        encoded.parts().stream().map(part -> Optional.of(part.bytes())).toList());
  }

  @Test
  void refusesWhatItDoesNotKnowWithoutQuotingThePayload() {
    for (String damaged : List.of("{}", "{\"marker", "{\"changes\":[]}", "[]", "")) {
      assertThatThrownBy(() -> codec.decodeFirstVersion("resources-written", bytes(damaged)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("marker");
    }
    assertThatThrownBy(() -> codec.decodeFirstVersion("weather-changed", bytes("{}")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> codec.encode(new ContentErased(), Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsVersionTwo() {
    List<Optional<byte[]>> parts =
        List.of(
            Optional.of(
                bytes(
                    """
                    {"changes":[{"type":"Device","id":"d-1","version":7,"action":"UPDATED"}],\
                    "readings":[],"changeOrder":[1,1,0,1]}""")),
            Optional.of(
                bytes(
                    """
                    {"changes":[{"type":"Observation","id":"o-1","version":1,"action":"CREATED"}],\
                    "readings":[{"observation":"o-1","device":"sensor-1","patient":"ward-1",\
                    "metric":"glucose-interstitial","value":"6.30","unit":"mmol/L",\
                    "measuredAt":"2026-03-01T12:00:00Z","receivedAt":"2026-03-01T13:00:00Z"}]}""")));

    assertThat(codec.decode("resources-written", 2, parts))
        .isEqualTo(
            new ResourcesWritten(
                List.of(
                    new ResourceChange("Observation", "o-1", 1, Action.CREATED),
                    new ResourceChange("Device", "d-1", 7, Action.UPDATED)),
                List.of(TestReadings.glucose("o-1", "6.30", NOON))));
  }

  /** A message of one Observation and its reading, as version 3 wrote it. */
  @Test
  void readsVersionThree() {
    byte[] part =
        HexFormat.of()
            .parseHex(
                """
                    01307b227265736f7572636554797065223a224f62736572766174696f6e222c2276616c756553747269\
                    6e67223a2201227d000006776172642d3101000b4f62736572766174696f6e00036f2d31000131000743\
                    52454154454400013200036f2d310100036f2d31000873656e736f722d310014676c75636f73652d696e\
                    7465727374697469616c00016e0004362e333000066d6d6f6c2f4c0014323032362d30332d3031543132\
                    3a30303a30305a0014323032362d30332d30315431333a30303a30305a0000""");

    assertThat(codec.decode("resources-written", 3, List.of(Optional.of(part))))
        .isEqualTo(TestReadings.written("o-1"));
  }

  @Test
  void refusesDamagedColumns() {
    EventCodec.Encoded encoded = codec.encode(TestReadings.written("o-1"), Set.of());
    byte[] whole = encoded.parts().get(0).bytes();
    for (int length = 0; length < whole.length; length++) {
      List<Optional<byte[]>> cut = List.of(Optional.of(java.util.Arrays.copyOf(whole, length)));
      assertThatThrownBy(() -> codec.decode("resources-written", EventCodec.VERSION, cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void takesNothingAboutSomebodyWithoutAKeyButThatThePatientChanged() {
    Set<PatientId> keyless = Set.of(TestReadings.PATIENT);

    assertThatThrownBy(() -> codec.encode(TestReadings.written("o-1"), keyless))
        .isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> codec.encode(new AlertRaised(alert(), NOON), keyless))
        .isInstanceOf(ProblemException.class);
    ResourcesWritten deleted =
        new ResourcesWritten(
            List.of(new ResourceChange("Patient", "ward-1", 3, Action.DELETED)), List.of());
    assertThat(codec.encode(deleted, Set.of()).parts().get(0).person())
        .contains(TestReadings.PATIENT);
    assertThat(codec.encode(deleted, keyless).parts())
        .singleElement()
        .satisfies(part -> assertThat(part.person()).isEmpty());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
