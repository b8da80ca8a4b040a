package dev.vigil.server.database;

import ca.uhn.fhir.jpa.migrate.DriverTypeEnum;
import ca.uhn.fhir.jpa.migrate.HapiMigrationStorageSvc;
import ca.uhn.fhir.jpa.migrate.MigrationTaskList;
import ca.uhn.fhir.jpa.migrate.SchemaMigrator;
import ca.uhn.fhir.jpa.migrate.dao.HapiMigrationDao;
import ca.uhn.fhir.jpa.migrate.tasks.HapiFhirJpaMigrationTasks;
import ca.uhn.fhir.util.VersionEnum;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;

/** HAPI's tables, made and brought up to the pinned version by HAPI's own migrator. */
final class HapiSchema {

  /** The schema of HAPI's tables: the first on every connection's search path. */
  static final String NAME = "hapi";

  private HapiSchema() {}

  static void migrate(DataSource dataSource) {
    HapiMigrationStorageSvc storage =
        new HapiMigrationStorageSvc(
            new HapiMigrationDao(
                dataSource,
                DriverTypeEnum.POSTGRES_9_4,
                SchemaMigrator.HAPI_FHIR_MIGRATION_TABLENAME));
    MigrationTaskList tasks =
        new HapiFhirJpaMigrationTasks(Set.of()).getAllTasks(VersionEnum.values());
    SchemaMigrator migrator =
        new SchemaMigrator(
            NAME,
            SchemaMigrator.HAPI_FHIR_MIGRATION_TABLENAME,
            dataSource,
            new Properties(),
            tasks,
            storage);
    migrator.setDriverType(DriverTypeEnum.POSTGRES_9_4);
    migrator.createMigrationTableIfRequired();
    migrator.migrate();
  }
}
