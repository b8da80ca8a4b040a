package dev.vigil.telemetry.log;

import static dev.vigil.telemetry.TestReadings.DEVICE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourceChange.Stored;
import dev.vigil.core.event.ResourceContent;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.TestReadings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class WrittenPartsTest {

  private static final List<String> PERSONS = List.of("p-1", "p-2", "p-3");

  @Test
  void hasOnePartWhenAllIsAboutOnePerson() {
    assertThat(WrittenParts.split(TestReadings.written("o-1"), Set.of()))
        .extracting(WrittenParts.Split::person)
        .containsExactly(Optional.of(TestReadings.PATIENT));
  }

  @Test
  void keepsWhatIsAboutNobodyApart() {
    ResourcesWritten written =
        new ResourcesWritten(
            List.of(new ResourceChange("Device", "d-1", 1, Action.CREATED)), List.of());

    assertThat(WrittenParts.split(written, Set.of()))
        .extracting(WrittenParts.Split::person)
        .containsExactly(Optional.<PatientId>empty());
  }

  /** Any mixture comes back in its order, and without one person as if that one had not been. */
  @RepeatedTest(200)
  void givesBackTheOrderOfTheMessageWithAndWithoutEachPerson(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    ResourcesWritten written = mixture(random);
    List<WrittenParts.Split> parts = WrittenParts.split(written, Set.of());

    assertThat(WrittenParts.join(EventCodec.VERSION, present(parts, null))).isEqualTo(written);
    for (WrittenParts.Split part : parts) {
      part.person()
          .ifPresent(
              person ->
                  assertThat(WrittenParts.join(EventCodec.VERSION, present(parts, person)))
                      .isEqualTo(without(written, person)));
    }
    for (WrittenParts.Split part : parts) {
      for (String person : PERSONS) {
        boolean owner = part.person().equals(Optional.of(new PatientId(person)));
        assertThat(new String(part.bytes(), UTF_8).contains(person)).isEqualTo(owner);
      }
    }
  }

  private static ResourcesWritten mixture(Random random) {
    List<ResourceChange> changes = new ArrayList<>();
    List<Reading> readings = new ArrayList<>();
    int elements = random.nextInt(12);
    for (int i = 0; i < elements; i++) {
      String person = PERSONS.get(random.nextInt(PERSONS.size()));
      switch (random.nextInt(5)) {
        case 0 -> changes.add(new ResourceChange("Device", "d-" + i, 1, Action.CREATED));
        case 1 -> changes.add(new ResourceChange("Patient", person, i + 1, Action.UPDATED));
        case 2 ->
            changes.add(
                new ResourceChange(
                    "Condition",
                    "c-" + i,
                    1,
                    Action.UPDATED,
                    Optional.of(new PatientId(person)),
                    Optional.of(ResourceContent.whole("{\"of\":\"" + person + "\"}"))));
        case 3 ->
            changes.add(
                new ResourceChange(
                    "Observation",
                    "gone-" + i,
                    2,
                    Action.DELETED,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(stored(random, "gone-" + i))));
        default -> {
          changes.add(
              new ResourceChange(
                  "Observation",
                  "o-" + i,
                  1,
                  Action.CREATED,
                  Optional.of(new PatientId(person)),
                  Optional.of(content(random, person)),
                  Optional.of(stored(random, "o-" + i))));
          readings.add(reading("o-" + i, person, random));
        }
      }
    }
    return new ResourcesWritten(changes, readings);
  }

  private static Stored stored(Random random, String id) {
    return new Stored(
        NOON.plusMillis(random.nextInt(3)),
        random.nextBoolean() ? Optional.empty() : Optional.of("key-of-" + id));
  }

  /** One of some shapes, with few leaves or many, alike or not. */
  private static ResourceContent content(Random random, String person) {
    return random.nextBoolean()
        ? new ResourceContent(
            "{\"value\":\u0001,\"subject\":\"Patient/\u0001\"}",
            List.of(Integer.toString(random.nextInt(300)), person))
        : new ResourceContent(
            "{\"value\":\u0001,\"list\":[\"\u0001\",\"\u0001\"],\"n\":\u0001}",
            List.of("7", "é\uD83D\uDE00", "", Integer.toString(random.nextInt(3))));
  }

  private static Reading reading(String id, String person, Random random) {
    return TestReadings.reading(
        id,
        DEVICE,
        new PatientId(person),
        Quantity.of(Integer.toString(random.nextInt(20)), "mmol/L"),
        NOON);
  }

  private static List<Optional<byte[]>> present(List<WrittenParts.Split> parts, PatientId erased) {
    return parts.stream()
        .map(
            part ->
                Optional.of(part.bytes())
                    .filter(bytes -> erased == null || !part.person().equals(Optional.of(erased))))
        .toList();
  }

  private static ResourcesWritten without(ResourcesWritten written, PatientId person) {
    return new ResourcesWritten(
        written.changes().stream()
            .filter(change -> !change.person().equals(Optional.of(person)))
            .toList(),
        written.readings().stream().filter(reading -> !reading.patient().equals(person)).toList());
  }
}
