package dev.vigil.telemetry.log;

import static dev.vigil.telemetry.TestReadings.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.observation.ObservationContent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an Observation takes in the log, contents included, in bundles of a hundred. */
class BytesOfEventsTest {

  private static final Logger LOG = LoggerFactory.getLogger(BytesOfEventsTest.class);
  private static final Instant START = Instant.parse("2026-03-02T00:00:00Z");
  private static final int BUNDLES = 200;
  private static final int SIZE = 100;

  /** LOINC code, name, unit, metric. */
  private static final String[][] KINDS = {
    {"8867-4", "Heart rate", "/min", "heart-rate"},
    {"59408-5", "Oxygen saturation", "%", "oxygen-saturation"},
    {"9279-1", "Respiratory rate", "/min", "respiratory-rate"},
    {"8310-5", "Body temperature", "Cel", "body-temperature"},
    {"99504-3", "Interstitial glucose", "mmol/L", "glucose-interstitial"},
    {"8889-8", "Pulse rate", "/min", "pulse-rate"},
    {"3151-8", "Oxygen flow", "L/min", "oxygen-flow"},
    {"8480-6", "Systolic pressure", "mm[Hg]", "blood-pressure-systolic"},
    {"8462-4", "Diastolic pressure", "mm[Hg]", "blood-pressure-diastolic"},
    {"8478-0", "Mean pressure", "mm[Hg]", "blood-pressure-mean"},
  };

  private final TestDatabase database = TestDatabase.fresh();
  private final PostgresEventLog log =
      new PostgresEventLog(
          database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void staysBelowFortyWhateverTheNumberOfPatients() {
    assertThat(measure(1, 1)).isLessThan(40);
    assertThat(measure(1, 20)).isLessThan(40);
    assertThat(measure(10, 1)).isLessThan(40);
    assertThat(measure(10, 20)).isLessThan(55);
  }

  private double measure(int patients, int shapes) {
    Random random = new Random(patients);
    Source source = new Source("fhir", "Device/gateway");
    Instant receivedAt = START.plusSeconds(90_000);
    long before = size();
    long packing = 0;
    for (int bundle = 0; bundle < BUNDLES; bundle++) {
      ResourcesWritten written = bundle(bundle, patients, shapes, receivedAt, random);
      long began = System.nanoTime();
      EventLog.Prepared prepared = log.prepare(TENANT, source, written);
      packing += System.nanoTime() - began;
      database.transactions().executeWithoutResult(status -> log.append(List.of(prepared)));
    }
    double each = (size() - before) / (double) (BUNDLES * SIZE);
    LOG.warn(
        "an event of {} patients and {} shapes: {} B and {} us an Observation",
        patients,
        shapes,
        Math.round(10 * each) / 10.0,
        packing / 1_000.0 / BUNDLES / SIZE);
    List<LoggedEvent> events = log.read(0, 1);
    assertThat(events).hasSize(1);
    return each;
  }

  /** Payload and the rest of the row. */
  private long size() {
    return database
        .jdbc()
        .sql("select coalesce(sum(pg_column_size(event.*)), 0) from telemetry.event")
        .query(Long.class)
        .single();
  }

  private static ResourcesWritten bundle(
      int bundle, int patients, int shapes, Instant receivedAt, Random random) {
    List<ResourceChange> changes = new ArrayList<>();
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      String[] kind = KINDS[i % shapes % KINDS.length];
      boolean profile = i % shapes >= KINDS.length;
      PatientId patient = new PatientId(new UUID(7, i * patients / SIZE).toString());
      DeviceId device = new DeviceId(new UUID(8, i * patients / SIZE).toString());
      Instant at = START.plus(Duration.ofSeconds(bundle * 1_000L + i * 10L));
      String id = "o0k" + Long.toString((1L << 50) + bundle * 100L + i, 32);
      String value = 60 + random.nextInt(40) + "." + random.nextInt(10);
      String json =
          """
          {"resourceType":"Observation",%s"identifier":[{"system":"urn:example:readings",\
          "value":"%s"}],"status":"final","category":[{"coding":[{\
          "system":"http://terminology.hl7.org/CodeSystem/observation-category",\
          "code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"%s"}],\
          "text":"%s"},"subject":{"reference":"Patient/%s"},"effectiveDateTime":"%s",\
          "valueQuantity":{"value":%s,"unit":"%s","system":"http://unitsofmeasure.org",\
          "code":"%s"},"device":{"reference":"Device/%s"}}"""
              .formatted(
                  profile ? "\"meta\":{\"profile\":[\"https://vigil.dev/fhir/p\"]}," : "",
                  "gw7-" + (bundle * 100 + i),
                  kind[0],
                  kind[1],
                  patient.value(),
                  at,
                  value,
                  kind[2],
                  kind[2],
                  device.value());
      changes.add(
          new ResourceChange(
              "Observation",
              id,
              1,
              Action.CREATED,
              Optional.of(patient),
              Optional.of(ObservationContent.of(json)),
              Optional.of(
                  new ResourceChange.Stored(receivedAt.plusSeconds(bundle), Optional.empty()))));
      readings.add(
          new Reading(
              new ObservationId(id),
              device,
              patient,
              new Metric(kind[3]),
              Quantity.of(value, kind[2]),
              at,
              receivedAt.plusSeconds(bundle),
              Set.of()));
    }
    return new ResourcesWritten(changes, readings);
  }
}
