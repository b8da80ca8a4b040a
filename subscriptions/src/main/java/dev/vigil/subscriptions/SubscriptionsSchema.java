package dev.vigil.subscriptions;

import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;

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

  /**
   * Lets a role work on the schema without owning it. Run after each migration, as the owner.
   *
   * @param role as it stands in SQL, quoted where it has to be
   */
  public static void grantUse(DataSource owner, String role) {
    JdbcClient jdbc = JdbcClient.create(owner);
    for (String right :
        List.of(
            "grant usage on schema subscriptions to ",
            "grant select, insert, update, delete on all tables in schema subscriptions to ",
            "revoke all on subscriptions.flyway_schema_history from ")) {
      jdbc.sql(right + role).update();
    }
  }
}
