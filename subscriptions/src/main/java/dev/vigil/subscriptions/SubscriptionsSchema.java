package dev.vigil.subscriptions;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The PostgreSQL schema {@code subscriptions}. */
public final class SubscriptionsSchema {

  private SubscriptionsSchema() {}

  /**
   * Brings the schema to the newest version; creates it if it is not there.
   *
   * @param dataSource of a role that may create schemas
   */
  public static void migrate(DataSource dataSource) {
    Flyway.configure()
        .dataSource(dataSource)
        .schemas("subscriptions")
        .locations("classpath:db/migration/subscriptions")
        .load()
        .migrate();
  }
}
