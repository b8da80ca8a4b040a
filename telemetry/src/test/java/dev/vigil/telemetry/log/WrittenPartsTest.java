package dev.vigil.telemetry.log;

import static dev.vigil.telemetry.TestReadings.DEVICE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
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

    assertThat(WrittenParts.join(present(parts, null))).isEqualTo(written);
    for (WrittenParts.Split part : parts) {
      part.person()
          .ifPresent(
              person ->
                  assertThat(WrittenParts.join(present(parts, person)))
                      .isEqualTo(without(written, person)));
    }
    for (WrittenParts.Split part : parts) {
      for (String person : PERSONS) {
        boolean owner = part.person().equals(Optional.of(new PatientId(person)));
        assertThat(part.json().toString().contains(person)).isEqualTo(owner);
      }
    }
  }

  @Test
  void refusesAnOrderThatLeavesElementsOut() {
    List<WrittenParts.Split> parts =
        WrittenParts.split(
            new ResourcesWritten(
                List.of(
                    new ResourceChange("Patient", "p-1", 1, Action.CREATED),
                    new ResourceChange("Device", "d-1", 1, Action.CREATED)),
                List.of()),
            Set.of());
    parts.get(0).json().putArray("changeOrder").add(1).add(1);

    assertThatThrownBy(() -> WrittenParts.join(present(parts, null)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ResourcesWritten mixture(Random random) {
    List<ResourceChange> changes = new ArrayList<>();
    List<Reading> readings = new ArrayList<>();
    int elements = random.nextInt(12);
    for (int i = 0; i < elements; i++) {
      String person = PERSONS.get(random.nextInt(PERSONS.size()));
      switch (random.nextInt(4)) {
        case 0 -> changes.add(new ResourceChange("Device", "d-" + i, 1, Action.CREATED));
        case 1 -> changes.add(new ResourceChange("Patient", person, i + 1, Action.UPDATED));
        case 2 -> changes.add(new ResourceChange("Observation", "gone-" + i, 2, Action.DELETED));
        default -> {
          changes.add(new ResourceChange("Observation", "o-" + i, 1, Action.CREATED));
          readings.add(reading("o-" + i, person, random));
        }
      }
    }
    return new ResourcesWritten(changes, readings);
  }

  private static Reading reading(String id, String person, Random random) {
    return TestReadings.reading(
        id,
        DEVICE,
        new PatientId(person),
        Quantity.of(Integer.toString(random.nextInt(20)), "mmol/L"),
        NOON);
  }

  private static List<Optional<JsonNode>> present(
      List<WrittenParts.Split> parts, PatientId erased) {
    return parts.stream()
        .map(
            part ->
                part.person().equals(Optional.ofNullable(erased)) && erased != null
                    ? Optional.<JsonNode>empty()
                    : Optional.<JsonNode>of(part.json()))
        .toList();
  }

  private static ResourcesWritten without(ResourcesWritten written, PatientId person) {
    List<Reading> kept =
        written.readings().stream().filter(reading -> !reading.patient().equals(person)).toList();
    List<String> gone =
        written.readings().stream()
            .filter(reading -> reading.patient().equals(person))
            .map(reading -> reading.observation().value())
            .toList();
    return new ResourcesWritten(
        written.changes().stream()
            .filter(change -> !gone.contains(change.id()) && !change.id().equals(person.value()))
            .toList(),
        kept);
  }
}
