package dev.vigil.telemetry.log;

import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.alert;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.DeviceId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.event.Actor;
import dev.vigil.core.event.AlertAcknowledged;
import dev.vigil.core.event.AlertRaised;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.TestReadings;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stands in the table: old samples that stay readable, new ones that nobody reads there. */
class SealedLogTest {

  private static final Source SOURCE = new Source("fhir", "gateway");

  private TestDatabase database;
  private PostgresEventLog log;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    log =
        new PostgresEventLog(
            database.dataSource(),
            database.keys(),
            Clock.fixed(NOON, ZoneOffset.UTC),
            new LogSignal());
  }

  @AfterEach
  void close() {
    database.close();
  }

  /** Hazard: a name or value that a dump of the log gives away. */
  @Test
  @Tag("safety")
  void holdsNothingPersonalInClear() {
    ResourcesWritten written =
        new ResourcesWritten(
            List.of(
                new ResourceChange("Patient", "markerpatient", 1, ResourceChange.Action.CREATED)),
            List.of(
                TestReadings.reading(
                    "markerobservation",
                    new DeviceId("markerdevice"),
                    new PatientId("markerpatient"),
                    Quantity.of("987654.321", "mmol/L"),
                    NOON)));
    Actor actor = new Actor("Practitioner/markernurse", "Markernurse");
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              log.append(TENANT, SOURCE, written);
              log.append(TENANT, SOURCE, new AlertAcknowledged(alert(), actor, "marker", NOON));
            });

    String table =
        String.join(
            "\n",
            database
                .jdbc()
                .sql(
                    """
                    select event::text || encode(payload, 'escape') from telemetry.event as event
                    """)
                .query(String.class)
                .list());
    assertThat(table).contains("resources-written").contains("alert-acknowledged");
    assertThat(table.toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("marker", "987654", "mmol", "glucose", "glu-01");
    assertThat(log.read(0, 10)).extracting(LoggedEvent::event).contains(written);
  }

  @Test
  void openNowhereButInTheirPlace() {
    for (String id : List.of("a", "b")) {
      database
          .transactions()
          .executeWithoutResult(status -> log.append(TENANT, SOURCE, TestReadings.written(id)));
    }
    database.jdbc().sql("alter table telemetry.event disable trigger user").update();
    database
        .jdbc()
        .sql(
            """
            update telemetry.event set payload =
              (select payload from telemetry.event where sequence = 1) where sequence = 2
            """)
        .update();

    assertThat(log.read(0, 10)).extracting(LoggedEvent::sequence).containsExactly(1L);
    assertThatThrownBy(() -> log.read(1, 10)).isInstanceOf(UnreadableEventException.class);
  }

  /** Rows of version 1, with the hashes that version 1 gave them. */
  @Test
  void stillReadsAndVerifiesEveryRowOfTheFirstVersion() {
    List<EventRow> old =
        List.of(
            row(
                1,
                "resources-written",
                """
                {"changes":[{"type":"Observation","id":"o-1","version":1,"action":"CREATED"}],\
                "readings":[{"observation":"o-1","device":"sensor-1","patient":"ward-1",\
                "metric":"glucose-interstitial","value":"6.30","unit":"mmol/L",\
                "measuredAt":"2026-03-01T12:00:00Z","receivedAt":"2026-03-01T13:00:00Z"}]}"""),
            row(2, "alert-raised", "{" + ALERT + ",\"at\":\"2026-03-01T12:00:00Z\"}"),
            row(
                3,
                "alert-acknowledged",
                "{"
                    + ALERT
                    + ",\"at\":\"2026-03-01T12:00:00Z\",\"actor\":{\"reference\":\"P/n\","
                    + "\"name\":\"N\\u0000\\ud800\"},\"reason\":\"seen\"}"));
    byte[] previous = EventRow.GENESIS;
    for (EventRow row : old) {
      previous = insert(row, previous);
    }
    database
        .transactions()
        .executeWithoutResult(status -> log.append(TENANT, SOURCE, TestReadings.written("o-2")));

    assertThat(log.read(0, 10))
        .extracting(LoggedEvent::event)
        .containsExactly(
            new ResourcesWritten(
                List.of(new ResourceChange("Observation", "o-1", 1, ResourceChange.Action.CREATED)),
                List.of(TestReadings.glucose("o-1", "6.30", NOON))),
            new AlertRaised(alert(), NOON),
            new AlertAcknowledged(alert(), new Actor("P/n", "N\u0000\ud800"), "seen", NOON),
            TestReadings.written("o-2"));
    assertThat(new ChainVerifier(database.dataSource()).verify().broken()).isEmpty();
  }

  private static final String ALERT =
      """
      "alert":{"id":"5f0d6f52-3d11-4c5e-9a63-2b4f0a6b1c77","rule":"GLU-01","ruleVersion":"1.0.0",\
      "tier":"HIGH","family":"glucose-low","title":"Very low glucose",\
      "onset":"2026-03-01T11:45:00Z","raisedAt":"2026-03-01T12:00:00Z","evidence":[\
      {"observation":"o-1","device":"sensor-1","patient":"ward-1","metric":"glucose-interstitial",\
      "value":"2.90","unit":"mmol/L","measuredAt":"2026-03-01T11:45:00Z",\
      "receivedAt":"2026-03-01T13:00:00Z"},{"observation":"o-2","device":"sensor-1",\
      "patient":"ward-1","metric":"glucose-interstitial","system":"urn:iso:std:iso:11073:10101",\
      "code":"68230","measuredAt":"2026-03-01T12:00:00Z","receivedAt":"2026-03-01T13:00:00Z",\
      "quality":["TEST"]}]}""";

  private static EventRow row(long sequence, String kind, String payload) {
    return new EventRow(
        "demo", 0, sequence, kind, 1, NOON, "fhir", "gateway", payload.getBytes(UTF_8));
  }

  private byte[] insert(EventRow row, byte[] previous) {
    byte[] hash = row.hashAfter(previous);
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.event (tenant_id, sequence, kind, version, recorded_at, door,
              client, payload, previous_hash, hash)
            values ('demo', :sequence, :kind, 1, :at, 'fhir', 'gateway', :payload, :previous, :hash)
            """)
        .param("sequence", row.sequence())
        .param("kind", row.kind())
        .param("at", row.recordedAt().atOffset(ZoneOffset.UTC))
        .param("payload", row.payload())
        .param("previous", previous)
        .param("hash", hash)
        .update();
    return hash;
  }
}
