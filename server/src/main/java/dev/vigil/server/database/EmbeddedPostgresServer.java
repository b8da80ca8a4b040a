package dev.vigil.server.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL whose files lie in the data folder. Listens on loopback only, with a password
 * of its own, and writes to disk before it confirms.
 *
 * <p>Only one Vigil may use a data folder at a time. A PostgreSQL that outlived a killed Vigil is
 * stopped before a new one starts on the same files.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgresServer.class);
  private static final String PID_FILE = "postmaster.pid";
  private static final String PASSWORD_FILE = "postgres.password";
  private static final Duration STOP_WAIT = Duration.ofSeconds(60);

  private final FileChannel lockChannel;
  private final FileLock lock;
  private final EmbeddedPostgres postgres;
  private final String password;

  private EmbeddedPostgresServer(
      FileChannel lockChannel, FileLock lock, EmbeddedPostgres postgres, String password) {
    this.lockChannel = lockChannel;
    this.lock = lock;
    this.postgres = postgres;
    this.password = password;
  }

  /**
   * Starts PostgreSQL on the files below a folder; makes them if there are none.
   *
   * @throws DatabaseStartException if another Vigil uses the folder, or an orphaned PostgreSQL does
   *     not stop
   */
  public static EmbeddedPostgresServer start(Path data) {
    try {
      Files.createDirectories(data);
      FileChannel channel =
          FileChannel.open(
              data.resolve("vigil.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = lock(channel, data);
      Path files = data.resolve("postgres").toAbsolutePath();
      stopOrphan(files);
      Path secret = data.resolve(PASSWORD_FILE);
      boolean fresh = !exists(data);
      String password = fresh ? newPassword(secret) : Files.readString(secret).strip();
      EmbeddedPostgres postgres = start(data, files, password);
      if (fresh) {
        demandPassword(postgres, files, password);
      }
      return new EmbeddedPostgresServer(channel, lock, postgres, password);
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not start in " + data.toAbsolutePath(), e);
    }
  }

  private static FileLock lock(FileChannel channel, Path data) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      log.debug("the lock is held by this process", e);
    }
    channel.close();
    throw new DatabaseStartException(
        "another Vigil is running on " + data.toAbsolutePath() + "; stop it or set VIGIL_DATA",
        null);
  }

  private static EmbeddedPostgres start(Path data, Path files, String password) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(files)
        .setCleanDataDirectory(false)
        .setOverrideWorkingDirectory(data.resolve("postgres-program").toFile())
        .setRegisterShutdownHook(false)
        .setPGStartupWait(Duration.ofSeconds(120))
        .setConnectConfig("password", password)
        // The library starts PostgreSQL for throw-away tests: without these two, a crash loses
        // data.
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        // A page is logged whole when it first changes after a checkpoint: half of it that way.
        .setServerConfig("wal_compression", "pglz")
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("shared_buffers", "256MB")
        .setServerConfig("max_connections", "100")
        .start();
  }

  private static String newPassword(Path secret) throws IOException {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    String password = HexFormat.of().formatHex(bytes);
    Files.deleteIfExists(secret);
    Files.createFile(
        secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(secret, password);
    return password;
  }

  /** The first start trusts every local user: from now on it asks for the password. */
  private static void demandPassword(EmbeddedPostgres postgres, Path files, String password)
      throws IOException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("alter role postgres password '" + password + "'");
      statement.execute("create database vigil");
      Files.writeString(
          files.resolve("pg_hba.conf"),
          """
          local all all scram-sha-256
          host all all 127.0.0.1/32 scram-sha-256
          """);
      statement.execute("select pg_reload_conf()");
    } catch (SQLException e) {
      throw new IOException("PostgreSQL could not be secured", e);
    }
  }

  /**
   * A PostgreSQL that runs on a data folder now.
   *
   * @param url JDBC URL of its database
   * @param password of the user {@code postgres}
   */
  public record Running(String url, String password) {

    /** Hides the password. */
    @Override
    public String toString() {
      return "Running[" + url + "]";
    }
  }

  /** Whether a database was ever made in a data folder. */
  public static boolean exists(Path data) {
    return Files.exists(data.resolve("postgres").resolve("PG_VERSION"));
  }

  /** The PostgreSQL that a running server keeps on a data folder; empty if there is none. */
  public static Optional<Running> running(Path data) {
    Path files = data.resolve("postgres").toAbsolutePath();
    try {
      if (process(files).isEmpty()) {
        return Optional.empty();
      }
      String port = Files.readAllLines(files.resolve(PID_FILE)).get(3).strip();
      return Optional.of(
          new Running(url(port), Files.readString(data.resolve(PASSWORD_FILE)).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + data.toAbsolutePath(), e);
    }
  }

  /** The process named in PostgreSQL's pid file, if it lives and is a PostgreSQL. */
  private static Optional<ProcessHandle> process(Path files) throws IOException {
    Path pidFile = files.resolve(PID_FILE);
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile);
    String started = lines.size() > 1 ? lines.get(1).strip() : "";
    boolean byAnotherName = !started.isEmpty() && sameFiles(files, Path.of(started));
    return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
        .filter(
            process ->
                runsOn(files.toString(), process) || byAnotherName && runsOn(started, process));
  }

  /** A link may lead to the folder. */
  private static boolean sameFiles(Path files, Path started) throws IOException {
    return Files.isDirectory(started) && Files.isSameFile(files, started);
  }

  private static void stopOrphan(Path files) throws IOException {
    Optional<ProcessHandle> orphan = process(files);
    if (orphan.isEmpty()) {
      return;
    }
    log.warn("stopping the PostgreSQL that outlived its server pid={}", orphan.get().pid());
    interrupt(orphan.get());
    try {
      orphan.get().onExit().get(STOP_WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while an orphaned PostgreSQL stopped", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new DatabaseStartException(
          "the PostgreSQL with pid " + orphan.get().pid() + " still runs on " + files, e);
    }
  }

  /** Ids of processes are used again: only a PostgreSQL on these very files counts. */
  private static boolean runsOn(String files, ProcessHandle process) {
    return process
        .info()
        .commandLine()
        .map(line -> line.contains("postgres") && line.contains(files))
        .orElse(false);
  }

  /** SIGINT is PostgreSQL's fast shutdown: clients are cut off, everything committed is written. */
  private static void interrupt(ProcessHandle process) throws IOException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
  }

  /** JDBC URL of the database. */
  public String url() {
    return url(Integer.toString(postgres.getPort()));
  }

  private static String url(String port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/vigil";
  }

  /** The superuser's password. */
  public String password() {
    return password;
  }

  /** Stops PostgreSQL cleanly and gives the folder free. */
  @Override
  public void close() throws IOException {
    postgres.close();
    lock.release();
    lockChannel.close();
  }
}
