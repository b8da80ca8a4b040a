package dev.vigil.server.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.vigil.subscriptions.SubscriptionsSchema;
import dev.vigil.telemetry.TelemetrySchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one DataSource of the process, over migrated schemas. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnExpression("'${vigil.db.url:}'.isBlank()")
  EmbeddedPostgresServer embeddedPostgres(DatabaseProperties properties) {
    return EmbeddedPostgresServer.start(properties.data());
  }

  @Bean(destroyMethod = "close")
  HikariDataSource dataSource(
      DatabaseProperties properties, ObjectProvider<EmbeddedPostgresServer> embedded)
      throws SQLException {
    HikariConfig config = new HikariConfig();
    EmbeddedPostgresServer server = embedded.getIfAvailable();
    config.setJdbcUrl(server == null ? properties.url() : server.url());
    config.setUsername(server == null ? properties.user() : "postgres");
    config.setPassword(server == null ? properties.password() : server.password());
    config.addDataSourceProperty("currentSchema", HapiSchema.NAME);
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.addDataSourceProperty("ApplicationName", "vigil");
    // Details of constraint errors quote the row.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.setMaximumPoolSize(properties.connections());
    config.setPoolName("vigil");
    HikariDataSource dataSource = new HikariDataSource(config);
    migrate(dataSource);
    return dataSource;
  }

  private static void migrate(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create schema if not exists " + HapiSchema.NAME);
    }
    HapiSchema.migrate(dataSource);
    TelemetrySchema.migrate(dataSource);
    SubscriptionsSchema.migrate(dataSource);
  }
}
