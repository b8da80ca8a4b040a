package dev.vigil.simulator.ward;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vigil.simulator.wire.FhirClient;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * The past of a ward, for its charts: a day of glucose, four hours of vital signs at one sample in
 * five minutes (a monitor's trend), a month of daily pacemaker interrogations. What a patient has
 * already is not sent again.
 */
final class Backfill {

  private static final int READINGS_A_BUNDLE = 200;
  private static final Duration TREND = Duration.ofMinutes(5);

  /** Newer samples may be live or belong to the scenario's first minutes. */
  private static final Duration LEAD = Duration.ofMinutes(66);

  private final FhirClient client;
  private final Scenario scenario;

  Backfill(FhirClient client, Scenario scenario) {
    this.client = client;
    this.scenario = scenario;
  }

  /**
   * The glucose of the last 65 minutes of the patients with sensors, in one bundle, so that a first
   * fresh sample completes a course that began before the start. After a quick restart only what is
   * newer than the newest sample there.
   *
   * @return how many readings were sent
   */
  int glucoseLead(List<Registered> ward) {
    ReadingBundle bundle = new ReadingBundle();
    for (Registered who : ward) {
      if (who.patient().kind() == PatientKind.GLUCOSE) {
        Instant from = scenario.start().minus(LEAD);
        Instant newest = newest(who, Measurement.GLUCOSE, from);
        Instant after = newest.isBefore(from) ? from : newest.plus(TREND).minusSeconds(30);
        scenario
            .due(who.patient(), Measurement.GLUCOSE, after, scenario.start().minusSeconds(1))
            .forEach(moment -> bundle.add(scenario, who, Measurement.GLUCOSE, moment));
      }
    }
    if (bundle.size() > 0) {
      client.transaction(bundle.json());
    }
    return bundle.size();
  }

  /**
   * The longer past.
   *
   * @param deadline nothing is begun after it
   * @return how many readings were sent
   */
  int history(List<Registered> ward, Instant deadline) {
    int sent = 0;
    for (Registered who : ward) {
      PatientKind kind = who.patient().kind();
      Measurement first = kind.measurements().get(0);
      Instant from = scenario.start().minus(depth(kind));
      if (Instant.now().isAfter(deadline)) {
        return sent;
      }
      if (!hasHistory(who, first, from)) {
        sent += send(who, from, deadline);
      }
    }
    return sent;
  }

  private int send(Registered who, Instant from, Instant deadline) {
    PatientKind kind = who.patient().kind();
    int sent = 0;
    ReadingBundle bundle = new ReadingBundle();
    for (Measurement measurement : kind.measurements()) {
      if (measurement == Measurement.DEVICE_BATTERY) {
        continue;
      }
      for (Instant moment : trend(who, kind, measurement, from)) {
        bundle.add(scenario, who, measurement, moment);
        if (bundle.size() == READINGS_A_BUNDLE) {
          client.transaction(bundle.json());
          sent += bundle.size();
          bundle = new ReadingBundle();
          if (Instant.now().isAfter(deadline)) {
            return sent;
          }
        }
      }
    }
    if (bundle.size() > 0) {
      client.transaction(bundle.json());
      sent += bundle.size();
    }
    return sent;
  }

  private List<Instant> trend(
      Registered who, PatientKind kind, Measurement measurement, Instant from) {
    Duration step = kind == PatientKind.PACEMAKER ? Duration.ofDays(1) : TREND;
    Instant last = scenario.first(who.patient(), measurement);
    List<Instant> moments = new ArrayList<>();
    for (Instant moment = last.minus(step); moment.isAfter(from); moment = moment.minus(step)) {
      moments.add(0, moment);
    }
    return moments;
  }

  private static Duration depth(PatientKind kind) {
    return switch (kind) {
      case GLUCOSE -> Duration.ofHours(24);
      case PACEMAKER -> Duration.ofDays(30);
      case OXYGEN, VITALS -> Duration.ofHours(4);
    };
  }

  /** Whether anything is there between the depth and the lead. */
  private boolean hasHistory(Registered who, Measurement measurement, Instant from) {
    return !client
        .search(
            "Observation",
            "subject",
            who.reference(),
            "code",
            measurement.coded().token(),
            "date",
            "ge" + from,
            "date",
            "lt" + scenario.start().minus(LEAD),
            "_count",
            "1")
        .path("entry")
        .isEmpty();
  }

  /** Time of the newest sample not before a moment; {@link Instant#MIN} if there is none. */
  private Instant newest(Registered who, Measurement measurement, Instant from) {
    JsonNode found =
        client.search(
            "Observation",
            "subject",
            who.reference(),
            "code",
            measurement.coded().token(),
            "date",
            "ge" + from,
            "_sort",
            "-date",
            "_count",
            "1");
    String effective =
        found.path("entry").path(0).path("resource").path("effectiveDateTime").asText();
    return effective.isEmpty() ? Instant.MIN : OffsetDateTime.parse(effective).toInstant();
  }
}
