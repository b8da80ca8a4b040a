package dev.vigil.simulator.load;

import dev.vigil.simulator.ward.Measurement;
import dev.vigil.simulator.ward.ReadingBundle;
import dev.vigil.simulator.ward.Registered;
import dev.vigil.simulator.ward.Scenario;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Plausible readings of a ward in any number: patient after patient, measurement after measurement,
 * each at a millisecond of its own not after now. Safe for use by many threads.
 */
final class SteadyReadings {

  private record Source(Registered who, Measurement measurement) {}

  private final List<Source> sources = new ArrayList<>();
  private final Scenario scenario;
  private final Clock clock;
  private long next;
  private Instant moment;

  SteadyReadings(List<Registered> ward, Clock clock) {
    this.clock = clock;
    this.scenario = Scenario.calm(clock.instant());
    this.moment = scenario.start().minusSeconds(1);
    for (Registered who : ward) {
      who.patient()
          .kind()
          .measurements()
          .forEach(measurement -> sources.add(new Source(who, measurement)));
    }
  }

  /** The next so many. Readings of one signal never share a moment. */
  synchronized ReadingBundle bundle(int size, boolean conditional) {
    ReadingBundle bundle = new ReadingBundle(conditional);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    for (int i = 0; i < size; i++) {
      int index = (int) (next++ % sources.size());
      if (index == 0) {
        moment = moment.plusMillis(1).isBefore(now) ? now : moment.plusMillis(1);
      }
      Source source = sources.get(index);
      bundle.add(scenario, source.who(), source.measurement(), moment);
    }
    return bundle;
  }
}
