package dev.vigil.telemetry.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.TelemetrySchema;
import dev.vigil.telemetry.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A database that was filled before rows became narrow. */
@Tag("safety")
class NarrowRowsMigrationTest {

  private static final TenantId TENANT = new TenantId("demo");
  private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
  private static final String IDENTIFIER = "urn:uuid:0b9d4f0e-3f6f-4d7c-9a52-27a1c6a1e5b1";
  private static final int WEEK = Week.of(NOW);
  private static final ObservationKey READING = ObservationKey.of(WEEK, 7);
  private static final ObservationKey MOVED = ObservationKey.of(WEEK - 3, 8);
  private static final long PATIENT = 77;
  private static final long DEVICE = 78;

  private final TestDatabase database = TestDatabase.fresh();

  @BeforeEach
  void fillAsItWas() {
    database.jdbc().sql("drop schema telemetry cascade").update();
    database.jdbc().sql("drop schema telemetry_leaf cascade").update();
    Flyway.configure()
        .dataSource(database.dataSource())
        .schemas("telemetry")
        .locations("classpath:db/migration/telemetry")
        .target("030")
        .load()
        .migrate();
    Split split = Split.of(json(72));
    int identifier = split.leaves().stream().map(Leaf::raw).toList().indexOf(IDENTIFIER);
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.shape (tenant_id, shape_id, hash, template, slots, identifier_leaf,
              covered)
            values ('demo', 5, :hash, :template, '{}', :leaf, true)
            """)
        .param("hash", Shape.sha256(split.template()))
        .param("template", split.template())
        .param("leaf", identifier)
        .update();
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.shape_entry (tenant_id, shape_id, kind, param, element, system, code)
            values ('demo', 5, 'identifier', 'identifier', 0, 'urn:example:reading', '')
            """)
        .update();
    database
        .jdbc()
        .sql("select telemetry.add_observation_partition(" + WEEK + ")")
        .query()
        .listOfRows();
    insert(READING.value(), null, null, null, 72);
    insert(Week.place(WEEK) | MOVED.number(), MOVED.homeWeek(), "mine", NOW.plusSeconds(90), 73);
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.observation_place (tenant_id, key, id, place)
            values ('demo', :key, 'mine', :place)
            """)
        .param("key", MOVED.value())
        .param("place", Week.place(WEEK) | MOVED.number())
        .update();
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.observation_version (tenant_id, key, version, deleted, patient,
              effective_from, shape_id, leaves, updated_at, superseded_at, sequence)
            values ('demo', :key, 1, false, :patient, :from::timestamptz, 5, :leaves,
              :from::timestamptz, :from::timestamptz, 3)
            """)
        .param("key", MOVED.value())
        .param("patient", PATIENT)
        .param("from", NOW.toString())
        .param("leaves", before(split(71)))
        .update();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void isCarriedOver() {
    TelemetrySchema.migrate(database.dataSource());
    PostgresObservations observations =
        new PostgresObservations(
            database.dataSource(),
            new ObservationPartitions(database.dataSource()),
            new TestExtractor(),
            (tenant, sequence, shape, json) -> {});

    assertThat(observations.load(TENANT, List.of(READING)).get(READING).json()).isEqualTo(json(72));
    StoredObservation moved = observations.load(TENANT, List.of(MOVED)).get(MOVED);
    assertThat(moved.json()).isEqualTo(json(73));
    assertThat(moved.id()).isEqualTo("mine");
    assertThat(observations.findByIds(TENANT, List.of("mine")).get("mine").key()).isEqualTo(MOVED);
    assertThat(observations.load(TENANT, MOVED, 1).orElseThrow().json()).isEqualTo(json(71));
    assertThat(
            found(
                observations, Criterion.Token.of("identifier", "urn:example:reading", IDENTIFIER)))
        .containsExactlyInAnyOrder(READING, MOVED);
    assertThat(found(observations, Criterion.Link.to(Set.of(NewRow.SUBJECT), List.of(PATIENT))))
        .containsExactlyInAnyOrder(READING, MOVED);
    assertThat(
            found(
                observations,
                new Criterion.Date(
                    "date",
                    List.of(
                        new Criterion.DateBound(
                            Criterion.DateBound.Edge.HIGH,
                            Criterion.DateBound.Comparison.GE,
                            NOW.plusSeconds(60))))))
        .containsExactly(MOVED);
    assertThat(observations.linksTo(TENANT, List.of(DEVICE), Set.of(), 10)).hasSize(2);
  }

  private static List<ObservationKey> found(PostgresObservations observations, Criterion filter) {
    return observations.search(ObservationQuery.of(TENANT, filter, 10)).stream()
        .map(ObservationPosition::key)
        .toList();
  }

  private void insert(long place, Integer homeWeek, String clientId, Instant until, int value) {
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.observation (place, patient, device, effective_from, effective_to,
              identifier, updated_at, sequence, shape_id, version, home_week, tenant_id, leaves,
              client_id)
            values (:place, :patient, :device, :from::timestamptz, :until::timestamptz, :identifier,
              :from::timestamptz, 1, 5, :version, :home, 'demo', :leaves, :client)
            """)
        .param("place", place)
        .param("patient", PATIENT)
        .param("device", DEVICE)
        .param("from", NOW.toString())
        .param("until", until == null ? null : until.toString())
        .param("identifier", ByteBuffer.wrap(Shape.sha256(IDENTIFIER)).getLong())
        .param("version", homeWeek == null ? 1 : 2)
        .param("home", homeWeek, Types.INTEGER)
        .param("leaves", before(split(value)))
        .param("client", clientId)
        .update();
  }

  private static Split split(int value) {
    return Split.of(json(value));
  }

  private static String json(int value) {
    Observation reading = PostgresObservationsTest.reading(value, NOW);
    reading.getIdentifierFirstRep().setValue(IDENTIFIER);
    return SplitTest.json(reading);
  }

  /** As leaves were packed then. */
  private static byte[] before(Split split) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Leaf leaf : split.leaves()) {
      TimeText time = TimeText.parse(leaf.raw());
      if (leaf.kind() == Leaf.Kind.NUMBER) {
        out.write(0x91);
        int rest = Integer.parseInt(leaf.raw().replace(".", "")) * 2;
        out.write(rest & 0x7F | 0x80);
        out.write(rest >>> 7);
      } else if (time != null) {
        out.write((time.utc() ? 0xA0 : 0xB0) + time.decimals());
        out.write(0);
        if (!time.utc()) {
          out.write(time.quarters());
        }
      } else if (leaf.raw().equals(IDENTIFIER)) {
        UUID uuid = UUID.fromString(IDENTIFIER.substring("urn:uuid:".length()));
        out.write(0x82);
        out.writeBytes(
            ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array());
      } else {
        byte[] text = leaf.raw().getBytes(StandardCharsets.UTF_8);
        out.write(text.length);
        out.writeBytes(text);
      }
    }
    return out.toByteArray();
  }
}
