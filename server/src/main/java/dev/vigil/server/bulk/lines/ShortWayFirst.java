package dev.vigil.server.bulk.lines;

import dev.vigil.core.Problem;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.intake.fast.FastLines;
import dev.vigil.telemetry.log.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hl7.fhir.r4.model.Observation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Observations whose way of writing is known are created by their text; all other lines go through
 * HAPI, and are learned from.
 */
@Component
class ShortWayFirst implements ResourceIntake {

  private static final Logger log = LoggerFactory.getLogger(ShortWayFirst.class);

  private final Optional<FastLines> shortWay;
  private final TransactionIntake usualWay;

  ShortWayFirst(ObjectProvider<FastLines> shortWay, TransactionIntake usualWay) {
    this.shortWay = Optional.ofNullable(shortWay.getIfAvailable());
    this.usualWay = usualWay;
  }

  @Override
  public List<Taken> take(TenantId tenant, Source source, List<Incoming> lines) {
    Taken[] taken = new Taken[lines.size()];
    createKnown(tenant, source, lines, taken);
    List<Incoming> others = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < taken.length; i++) {
      if (taken[i] == null) {
        others.add(lines.get(i));
        places.add(i);
      }
    }
    List<Taken> usual =
        usualWay.take(
            tenant,
            source,
            others,
            (line, stored) -> {
              if (line.mayBeAnyObservation() && stored instanceof Observation observation) {
                shortWay.ifPresent(way -> way.learn(line.text().orElseThrow(), observation));
              }
            });
    for (int i = 0; i < usual.size(); i++) {
      taken[places.get(i)] = usual.get(i);
    }
    return List.of(taken);
  }

  private void createKnown(TenantId tenant, Source source, List<Incoming> lines, Taken[] taken) {
    List<String> texts = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < taken.length; i++) {
      if (lines.get(i).mayBeAnyObservation() && lines.get(i).text().isPresent()) {
        texts.add(lines.get(i).text().get());
        places.add(i);
      }
    }
    if (shortWay.isEmpty() || texts.isEmpty()) {
      return;
    }
    try {
      FastLines.Outcome outcome = shortWay.get().create(tenant, source, texts);
      outcome
          .created()
          .forEach((text, location) -> taken[places.get(text)] = Taken.at(201, location));
      outcome
          .unknown()
          .forEach(
              (text, path) ->
                  taken[places.get(text)] =
                      Taken.refused(List.of(Problem.invalid(path, Refusals.UNKNOWN_REFERENCE))));
    } catch (RuntimeException e) {
      // Perhaps they are stored: who sends them again finds those with an identifier.
      Taken unknown = Taken.refused(List.of(failed(e)));
      places.forEach(place -> taken[place] = unknown);
    }
  }

  /** The message may quote a resource: only its kind is logged. */
  private static Problem failed(RuntimeException failure) {
    String incident = UUID.randomUUID().toString();
    log.error("lines were not stored incident={} error={}", incident, failure.getClass().getName());
    return new Problem(
        Problem.Kind.UNAVAILABLE, "", "the server failed, send it again; incident " + incident);
  }
}
