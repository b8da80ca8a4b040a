package dev.vigil.server.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.vigil.subscriptions.SubscriptionsSchema;
import dev.vigil.telemetry.TelemetrySchema;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Brings the database up: PostgreSQL itself if it is the embedded one, the schemas as their owner,
 * then the pool of connections that the server works with, as a role that owns nothing.
 */
final class DatabaseStart {

  private static final Logger log = LoggerFactory.getLogger(DatabaseStart.class);

  private static final String APPLICATION_ROLE = "vigil_app";
  private static final int OLDEST_VERSION = 18;

  /**
   * A table that was empty when the plan was made may grow: so its index is used from the start. A
   * short question is over before its plan would be compiled.
   */
  private static final String PLAN_ONCE =
      "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off";

  private record Login(String user, String password) {}

  private DatabaseStart() {}

  /**
   * Starts, migrates and connects.
   *
   * @throws DatabaseStartException if there is no database, it refuses us or it is too old
   */
  static Database start(DatabaseProperties properties) {
    if (!properties.embedded()) {
      return external(properties);
    }
    EmbeddedPostgresServer server = EmbeddedPostgresServer.start(properties.data());
    try {
      return embedded(properties, server);
    } catch (RuntimeException e) {
      close(server, e);
      throw e;
    }
  }

  private static Database embedded(DatabaseProperties properties, EmbeddedPostgresServer server) {
    Login superuser = new Login("postgres", server.password());
    // Made anew at each start: nobody else has to know it, and no file has to hold it.
    Login application = new Login(APPLICATION_ROLE, randomPassword());
    try (HikariDataSource owner = pool(server.url(), superuser, 2)) {
      DatabaseRoles.ensureLogin(owner, application.user(), application.password());
      migrate(owner);
      DatabaseRoles.grantUse(owner, application.user());
    }
    return opened(server.url(), application, properties, server);
  }

  private static Database external(DatabaseProperties properties) {
    Login application = new Login(properties.user(), properties.password());
    boolean twoRoles = !properties.ownerUser().isBlank();
    Login schemas =
        twoRoles ? new Login(properties.ownerUser(), properties.ownerPassword()) : application;
    try (HikariDataSource owner = pool(properties.url(), schemas, 2)) {
      demandVersion(owner);
      migrate(owner);
      if (twoRoles) {
        DatabaseRoles.grantUse(owner, application.user());
      } else {
        log.warn("the server owns its tables: give the owner as VIGIL_DB_OWNER_USER");
      }
    }
    return opened(properties.url(), application, properties, null);
  }

  private static void migrate(DataSource owner) {
    JdbcClient.create(owner).sql("create schema if not exists " + HapiSchema.NAME).update();
    HapiSchema.migrate(owner);
    refuseObservationsOfAnEarlierVersion(owner);
    TelemetrySchema.migrate(owner);
    SubscriptionsSchema.migrate(owner);
  }

  /** Before the store of our own Observations lay in HAPI's tables. Nobody would see them there. */
  private static void refuseObservationsOfAnEarlierVersion(DataSource owner) {
    boolean found =
        JdbcClient.create(owner)
            .sql(
                """
                select exists (
                  select 1 from hapi.hfj_resource
                  where res_type = 'Observation' and res_deleted_at is null)
                """)
            .query(Boolean.class)
            .single();
    if (found) {
      throw new DatabaseStartException(
          "this database holds Observations of a version before 0.1 that kept them elsewhere, and"
              + " this version would not show them: start on a new database or data folder",
          null);
    }
  }

  private static void demandVersion(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      if (version < OLDEST_VERSION) {
        throw new DatabaseStartException(
            "PostgreSQL " + version + " is too old: it has to be " + OLDEST_VERSION + " or newer",
            null);
      }
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  private static Database opened(
      String url, Login login, DatabaseProperties properties, EmbeddedPostgresServer embedded) {
    HikariDataSource pool = pool(url, login, properties.connections());
    try {
      return new Database(pool, questions(url, login, properties), embedded);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  private static HikariDataSource questions(
      String url, Login login, DatabaseProperties properties) {
    HikariConfig config = config(url, login, Math.max(1, properties.connections() / 2));
    config.setPoolName("vigil-questions");
    config.setMinimumIdle(1);
    config.setConnectionInitSql(PLAN_ONCE);
    config.addDataSourceProperty("prepareThreshold", "1");
    return open(config);
  }

  private static HikariDataSource pool(String url, Login login, int connections) {
    return open(config(url, login, connections));
  }

  private static HikariConfig config(String url, Login login, int connections) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(login.user());
    config.setPassword(login.password());
    config.addDataSourceProperty("currentSchema", HapiSchema.NAME);
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.addDataSourceProperty("ApplicationName", "vigil");
    // Details of constraint errors quote the row.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.setMaximumPoolSize(connections);
    config.setPoolName("vigil");
    return config;
  }

  private static HikariDataSource open(HikariConfig config) {
    try {
      return new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw refused(e);
    }
  }

  /** PostgreSQL's own words name host, role or database, never a password. */
  private static DatabaseStartException refused(Exception failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof SQLException)) {
      root = root.getCause();
    }
    return new DatabaseStartException("the database cannot be used: " + root.getMessage(), failure);
  }

  private static String randomPassword() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void close(EmbeddedPostgresServer server, RuntimeException failure) {
    try {
      server.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
