package dev.vigil.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresServerTest {

  @TempDir Path data;

  @Test
  @Tag("safety")
  void writesToDiskBeforeItConfirms() throws Exception {
    try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
      assertThat(ask(server.url(), server.password(), "show fsync")).isEqualTo("on");
      assertThat(ask(server.url(), server.password(), "show synchronous_commit")).isEqualTo("on");
      assertThat(ask(server.url(), server.password(), "show full_page_writes")).isEqualTo("on");
    }
  }

  @Test
  void asksForItsPasswordAndKeepsItFromOtherUsers() throws Exception {
    try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
      assertThatThrownBy(() -> ask(server.url(), "guess", "select 1"))
          .isInstanceOf(SQLException.class);
      assertThat(Files.getPosixFilePermissions(data.resolve("postgres.password")))
          .hasSize(2)
          .allMatch(permission -> permission.name().startsWith("OWNER_"));
    }
  }

  @Test
  void findsEverythingAtASecondStart() throws Exception {
    try (EmbeddedPostgresServer first = EmbeddedPostgresServer.start(data)) {
      run(first.url(), first.password(), "create table kept (n int)");
      run(first.url(), first.password(), "insert into kept values (7)");
    }
    try (EmbeddedPostgresServer second = EmbeddedPostgresServer.start(data)) {
      assertThat(ask(second.url(), second.password(), "select n from kept")).isEqualTo("7");
    }
  }

  @Test
  @Tag("safety")
  void isNeverStartedTwiceOnTheSameFiles() throws Exception {
    try (EmbeddedPostgresServer running = EmbeddedPostgresServer.start(data)) {
      assertThatThrownBy(() -> EmbeddedPostgresServer.start(data))
          .isInstanceOf(DatabaseStartException.class)
          .hasMessageContaining("another Vigil is running");
      assertThat(ask(running.url(), running.password(), "select 1")).isEqualTo("1");
    }
  }

  @Test
  void isFoundByCommandsBesideTheServer() throws Exception {
    assertThat(EmbeddedPostgresServer.running(data)).isEmpty();
    try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data)) {
      EmbeddedPostgresServer.Running found = EmbeddedPostgresServer.running(data).orElseThrow();
      assertThat(found.url()).isEqualTo(server.url());
      assertThat(ask(found.url(), found.password(), "select 1")).isEqualTo("1");
      Path link = Files.createSymbolicLink(data.resolve("link"), data);
      assertThat(EmbeddedPostgresServer.running(link)).isPresent();
    }
    assertThat(EmbeddedPostgresServer.running(data)).isEmpty();
  }

  private static String ask(String url, String password, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, "postgres", password);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void run(String url, String password, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, "postgres", password);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
