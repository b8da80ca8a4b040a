package dev.vigil.telemetry;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

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
}
