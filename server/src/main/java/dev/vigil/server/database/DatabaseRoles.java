package dev.vigil.server.database;

import dev.vigil.subscriptions.SubscriptionsSchema;
import dev.vigil.telemetry.TelemetrySchema;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The role the server works under, beside the owner of the tables: it can change no table, and
 * nothing that the log has told.
 */
final class DatabaseRoles {

  private DatabaseRoles() {}

  /** Makes the role if it is missing; from now on it logs in with this password. */
  static void ensureLogin(DataSource superuser, String role, String password) {
    JdbcClient jdbc = JdbcClient.create(superuser);
    boolean known =
        jdbc.sql("select count(*) from pg_roles where rolname = :role")
                .param("role", role)
                .query(Long.class)
                .single()
            > 0;
    jdbc.sql(
            (known ? "alter" : "create")
                + " role "
                + quoted(role)
                + " login password '"
                + password.replace("'", "''")
                + "'")
        .update();
  }

  /** What the server needs, on tables that exist now. Run it after each migration, as the owner. */
  static void grantUse(DataSource owner, String role) {
    JdbcClient jdbc = JdbcClient.create(owner);
    jdbc.sql("grant usage on schema " + HapiSchema.NAME + " to " + quoted(role)).update();
    for (String right :
        new String[] {"select, insert, update, delete on all tables", "usage on all sequences"}) {
      jdbc.sql("grant " + right + " in schema " + HapiSchema.NAME + " to " + quoted(role)).update();
    }
    TelemetrySchema.grantUse(owner, quoted(role));
    SubscriptionsSchema.grantUse(owner, quoted(role));
  }

  private static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }
}
