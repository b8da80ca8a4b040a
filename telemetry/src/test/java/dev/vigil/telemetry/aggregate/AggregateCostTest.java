package dev.vigil.telemetry.aggregate;

import static dev.vigil.telemetry.TestReadings.DEVICE;
import static dev.vigil.telemetry.TestReadings.GLUCOSE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.telemetry.TestDatabase;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Prints what aggregates cost beside the writes, in one run: 100 patients, a sample of each every
 * minute for four hours, one event a minute.
 */
@Tag("long")
class AggregateCostTest {

  private static final int MINUTES = 240;

  @Test
  void countsFasterThanReadingsAreWritten() {
    try (TestDatabase database = TestDatabase.fresh()) {
      AggregateJournal journal = new AggregateJournal(database);
      write(journal, "warm", 0, 60, 1);
      long alone = write(journal, "alone", 60, MINUTES, Integer.MAX_VALUE);
      long behind = System.nanoTime();
      journal.takeAll();
      behind = System.nanoTime() - behind;
      long together = write(journal, "together", 60 + MINUTES, MINUTES, 1);

      System.out.printf(
          "%d readings: written %d ms; counted afterwards %d ms (%.2f of the write);"
              + " written and each event counted at once %d ms (%.2f)%n",
          100 * MINUTES,
          alone / 1_000_000,
          behind / 1_000_000,
          (double) behind / alone,
          together / 1_000_000,
          (double) together / alone);
      assertThat(journal.differences()).isEmpty();
      assertThat(behind).isLessThan(alone * 2);
    }
  }

  /** The reader takes an event after so many. */
  private static long write(AggregateJournal journal, String run, int from, int minutes, int each) {
    long begin = System.nanoTime();
    for (int minute = 0; minute < minutes; minute++) {
      int at = from + minute;
      List<Reading> readings =
          IntStream.range(0, 100).mapToObj(patient -> reading(run, patient, at)).toList();
      journal.write(TENANT, readings);
      if (minute % each == each - 1) {
        journal.take(1);
      }
    }
    return System.nanoTime() - begin;
  }

  private static Reading reading(String run, int patient, int minute) {
    return new Reading(
        new ObservationId(run + "-" + patient + "-" + minute),
        DEVICE,
        new PatientId("ward-" + patient),
        GLUCOSE,
        Quantity.of((60 + (patient + minute) % 200) + ".0", "mg/dL"),
        NOON.plusSeconds(minute * 60L),
        NOON.plusSeconds(86_400),
        Set.of());
  }
}
