package dev.vigil.server.cli;

import dev.vigil.server.database.EmbeddedPostgresServer;
import dev.vigil.server.telemetry.KeyProperties;
import dev.vigil.server.telemetry.WitnessProperties;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.key.KeyService;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The database behind the data folder, for commands that work beside a server or without one. */
final class DataFolder implements AutoCloseable {

  private final EmbeddedPostgresServer started;
  private final DataSource dataSource;
  private KeyService keyService;

  private DataFolder(EmbeddedPostgresServer started, DataSource dataSource) {
    this.started = started;
    this.dataSource = dataSource;
  }

  /** The folder of {@code VIGIL_DATA}, else {@code data}. */
  static Path path() {
    return Path.of(System.getenv().getOrDefault("VIGIL_DATA", "data"));
  }

  /** The file of {@code VIGIL_WITNESS}, else the one in the data folder. */
  static Path witness() {
    return WitnessProperties.file(System.getenv("VIGIL_WITNESS"), path());
  }

  /**
   * The external PostgreSQL of {@code VIGIL_DB_URL}, else the embedded one: that of the running
   * server, or one that runs until {@link #close()}.
   *
   * @throws NoSuchFileException if no server has ever had its database in the data folder
   */
  static DataFolder open() throws SQLException, IOException {
    String external = System.getenv().getOrDefault("VIGIL_DB_URL", "");
    if (!external.isBlank()) {
      return connected(
          null, external, System.getenv("VIGIL_DB_USER"), System.getenv("VIGIL_DB_PASSWORD"));
    }
    return embedded(path());
  }

  /** The embedded one of a folder. */
  static DataFolder embedded(Path data) throws SQLException, IOException {
    Optional<EmbeddedPostgresServer.Running> running = EmbeddedPostgresServer.running(data);
    if (running.isPresent()) {
      return connected(null, running.get().url(), "postgres", running.get().password());
    }
    if (!EmbeddedPostgresServer.exists(data)) {
      throw new NoSuchFileException(
          "no database in " + data.toAbsolutePath() + ": set VIGIL_DATA to the data folder");
    }
    EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data);
    return connected(server, server.url(), "postgres", server.password());
  }

  private static DataFolder connected(
      EmbeddedPostgresServer started, String url, String user, String password)
      throws SQLException {
    DataSource dataSource = new DriverManagerDataSource(url, user, password);
    try (Connection connection = dataSource.getConnection()) {
      connection.isValid(5);
    }
    return new DataFolder(started, dataSource);
  }

  DataSource dataSource() {
    return dataSource;
  }

  /** The key service of {@code VIGIL_KEYS_...}; one for the life of this folder. */
  KeyService keyService() {
    if (keyService == null) {
      keyService = KeyProperties.ofEnvironment().open(path());
    }
    return keyService;
  }

  /** The keys of the database. */
  DataKeys keys() {
    return new DataKeys(dataSource, keyService(), Clock.systemUTC());
  }

  @Override
  public void close() throws IOException {
    if (started != null) {
      started.close();
    }
  }
}
