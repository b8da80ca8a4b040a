package dev.vigil.telemetry;

import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The PostgreSQL schema {@code telemetry} and its migrations. */
public final class TelemetrySchema {

  private static final String NAME = "telemetry";

  private TelemetrySchema() {}

  /**
   * Creates the schema if it is missing and brings it to this version. Its history is a table in
   * it. The user needs the right to create a schema and the trusted extension {@code btree_gist}.
   *
   * @throws org.flywaydb.core.api.FlywayException if a migration fails or a merged one was changed
   */
  public static void migrate(DataSource dataSource) {
    Flyway.configure(TelemetrySchema.class.getClassLoader())
        .dataSource(dataSource)
        .schemas(NAME)
        .defaultSchema(NAME)
        .createSchemas(true)
        .locations("classpath:db/migration/" + NAME)
        .load()
        .migrate();
  }

  /**
   * Lets a role work on the schema without owning it: it adds to the log and reads it, but cannot
   * change or remove an event or a signed head, and it cannot remove a key. The partitions of
   * Observations it has made for it and reaches through their parent alone. Run after each
   * migration, as the owner.
   *
   * @param role as it stands in SQL, quoted where it has to be
   */
  public static void grantUse(DataSource owner, String role) {
    JdbcClient jdbc = JdbcClient.create(owner);
    for (String right :
        List.of(
            "grant usage on schema telemetry to ",
            "grant select, insert, update, delete on all tables in schema telemetry to ",
            "grant usage on all sequences in schema telemetry to ",
            "grant execute on function telemetry.add_observation_partition(integer) to ",
            "grant execute on function telemetry.lock_observation_partition(integer) to ",
            "grant execute on function telemetry.empty_observation_partition(integer) to ",
            "grant execute on function telemetry.hold_observation_partition(integer) to ",
            "grant execute on function telemetry.shrink_observation_partition(integer) to ",
            "revoke update, delete on telemetry.event, telemetry.signed_head from ",
            "revoke delete on telemetry.tenant_key, telemetry.person_key, telemetry.signing_key from ",
            "revoke all on telemetry.flyway_schema_history from ")) {
      jdbc.sql(right + role).update();
    }
  }
}
