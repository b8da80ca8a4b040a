package dev.vigil.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TelemetrySchemaTest {

  @Test
  void keepsItsHistoryInItsOwnSchemaAndMigratesASecondTimeWithoutEffect() {
    try (TestDatabase database = TestDatabase.fresh()) {
      int migrations = migrations(database);
      assertThat(migrations).isPositive();

      TelemetrySchema.migrate(database.dataSource());

      assertThat(migrations(database)).isEqualTo(migrations);
      assertThat(
              database
                  .jdbc()
                  .sql("select count(*) from pg_tables where schemaname = 'public'")
                  .query(Integer.class)
                  .single())
          .isZero();
    }
  }

  private static int migrations(TestDatabase database) {
    return database
        .jdbc()
        .sql(
            """
            select count(*) from telemetry.flyway_schema_history
            where success and version is not null
            """)
        .query(Integer.class)
        .single();
  }
}
