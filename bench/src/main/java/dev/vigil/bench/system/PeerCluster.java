package dev.vigil.bench.system;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/**
 * A second PostgreSQL from the same installation and with the same settings as the server's, for
 * the peers.
 */
public final class PeerCluster implements AutoCloseable {

  private final EmbeddedPostgres postgres;

  private PeerCluster(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  /**
   * Starts an empty one.
   *
   * @param settings of the server's PostgreSQL
   */
  public static PeerCluster start(Path folder, Map<String, String> settings) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve("peer"))
            .setOverrideWorkingDirectory(folder.resolve("peer-program").toFile())
            .setPGStartupWait(Duration.ofSeconds(120));
    settings.forEach(builder::setServerConfig);
    try {
      return new PeerCluster(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new database, empty. */
  public StoreDatabase create(String name) {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
      statement.execute("checkpoint");
      return new StoreDatabase(postgres.getJdbcUrl("postgres", name), "");
    } catch (SQLException e) {
      throw new IllegalStateException("no database for the peer", e);
    }
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
