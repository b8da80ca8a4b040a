package dev.vigil.telemetry;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.key.KeyService;
import dev.vigil.telemetry.key.LocalKeystore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A fresh database on a real PostgreSQL for a test class, copied from a migrated template. The
 * server starts with the first one and lives as long as the JVM.
 */
public final class TestDatabase implements AutoCloseable {

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Set<String> TEMPLATES = new HashSet<>();
  private static EmbeddedPostgres server;
  private static KeyService keyService;

  private final String name;
  private final HikariDataSource dataSource;
  private final PlatformTransactionManager transactionManager;

  private TestDatabase(String name, HikariDataSource dataSource) {
    this.name = name;
    this.dataSource = dataSource;
    this.transactionManager = new DataSourceTransactionManager(dataSource);
  }

  /** With the schema {@code telemetry}. */
  public static TestDatabase fresh() {
    return fresh("template_telemetry", dataSource -> {});
  }

  /**
   * With the schema {@code telemetry} and more.
   *
   * @param template a lower-case name for that combination of schemas, for example {@code
   *     template_subscriptions}
   * @param migrations runs once a JVM, after the migrations of {@code telemetry}
   */
  public static synchronized TestDatabase fresh(String template, Consumer<DataSource> migrations) {
    try {
      if (server == null) {
        server =
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("max_connections", "200")
                .start();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    JdbcClient postgres = JdbcClient.create(server.getPostgresDatabase());
    if (!TEMPLATES.contains(template)) {
      postgres.sql("create database " + template).update();
      DataSource migrated = server.getDatabase("postgres", template);
      TelemetrySchema.migrate(migrated);
      migrations.accept(migrated);
      TEMPLATES.add(template);
    }
    String name = "test_" + COUNT.incrementAndGet();
    postgres.sql("create database " + name + " template " + template).update();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(server.getJdbcUrl("postgres", name));
    config.setMaximumPoolSize(20);
    config.setMinimumIdle(1);
    return new TestDatabase(name, new HikariDataSource(config));
  }

  /** Pooled connections of a superuser. */
  public DataSource dataSource() {
    return dataSource;
  }

  /** For statements of a test; joins a transaction that is open. */
  public JdbcClient jdbc() {
    return JdbcClient.create(dataSource);
  }

  /** Of this database's connections. */
  public PlatformTransactionManager transactionManager() {
    return transactionManager;
  }

  /** Runs a step in a transaction of its own or in the open one. */
  public TransactionTemplate transactions() {
    return new TransactionTemplate(transactionManager);
  }

  /** Master keys of this JVM's tests. */
  public static synchronized KeyService keyService() {
    if (keyService == null) {
      try {
        Path folder = Files.createTempDirectory("vigil-test-keys");
        Path file = folder.resolve("master.keys");
        for (Path path : List.of(folder, file, file.resolveSibling("master.keys.lock"))) {
          path.toFile().deleteOnExit();
        }
        keyService = new LocalKeystore(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return keyService;
  }

  /** The keys of this database; each call remembers for itself, as another process would. */
  public DataKeys keys() {
    return new DataKeys(dataSource, keyService(), Clock.systemUTC());
  }

  /** Closes the connections and drops the database. */
  @Override
  public void close() {
    dataSource.close();
    JdbcClient.create(server.getPostgresDatabase())
        .sql("drop database " + name + " with (force)")
        .update();
  }
}
