package dev.vigil.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The database that the server gets: a PostgreSQL of somebody else's, with one user or with two,
 * and the embedded one.
 */
class DatabaseStartTest {

  private static EmbeddedPostgres elsewhere;

  @TempDir Path data;

  @BeforeAll
  static void startSomebodyElsesPostgres() throws Exception {
    elsewhere = EmbeddedPostgres.builder().start();
    admin("create role hospital_owner login password 'owner-of-the-test'");
    admin("create role hospital_app login password 'app-of-the-test'");
  }

  @AfterAll
  static void stopIt() throws Exception {
    elsewhere.close();
  }

  @Test
  void worksOnAnExternalDatabaseWithOneUser() throws Exception {
    admin("create database one_user owner hospital_owner");
    try (Database database =
        DatabaseStart.start(external("one_user", "hospital_owner", "owner-of-the-test", "", ""))) {
      assertThat(whoWorks(database)).isEqualTo("hospital_owner");
      assertThat(tables(database)).contains("hapi", "telemetry", "subscriptions");
    }
  }

  @Test
  void worksOnAnExternalDatabaseUnderAUserThatOwnsNothing() throws Exception {
    admin("create database two_users owner hospital_owner");
    DatabaseProperties settings =
        external(
            "two_users", "hospital_app", "app-of-the-test", "hospital_owner", "owner-of-the-test");
    for (int start = 1; start <= 2; start++) {
      try (Database database = DatabaseStart.start(settings)) {
        assertThat(whoWorks(database)).isEqualTo("hospital_app");
        ownsNothing(database);
      }
    }
  }

  @Test
  void worksOnTheEmbeddedDatabaseUnderAUserThatOwnsNothing() throws Exception {
    try (Database database = DatabaseStart.start(embedded())) {
      assertThat(whoWorks(database)).isEqualTo("vigil_app");
      ownsNothing(database);
    }
  }

  @Test
  @Tag("safety")
  void letsTheServerNeitherChangeTheLogNorATable() throws Exception {
    try (Database database = DatabaseStart.start(embedded())) {
      JdbcClient server = JdbcClient.create(database.pool());
      for (String attempt :
          List.of(
              "update telemetry.event set payload = '{}'",
              "delete from telemetry.event",
              "truncate telemetry.event",
              "alter table telemetry.event disable trigger all",
              "drop table telemetry.event",
              "drop schema subscriptions cascade",
              "create table telemetry.mine (n int)",
              "create table hapi.mine (n int)",
              "alter table hapi.hfj_resource add column n int",
              "delete from telemetry.flyway_schema_history",
              "create role another",
              "set role postgres")) {
        assertThatThrownBy(() -> server.sql(attempt).update())
            .as(attempt)
            .extracting(NestedExceptionUtils::getMostSpecificCause)
            .asInstanceOf(type(SQLException.class))
            .extracting(SQLException::getSQLState)
            .isEqualTo("42501");
      }
      assertThat(server.sql("select count(*) from telemetry.event").query(Long.class).single())
          .isZero();
    }
  }

  @Test
  @Tag("safety")
  void refusesADatabaseWhoseObservationsItWouldNotShow() throws Exception {
    admin("create database earlier owner hospital_owner");
    DatabaseProperties settings =
        external("earlier", "hospital_owner", "owner-of-the-test", "", "");
    try (Database database = DatabaseStart.start(settings)) {
      JdbcClient.create(database.pool())
          .sql(
              """
              do $$
              declare
                flags text := (
                  select string_agg(column_name, ',') from information_schema.columns
                  where table_schema = 'hapi' and table_name = 'hfj_resource'
                    and data_type = 'boolean');
                falses text := (
                  select string_agg('false', ',') from information_schema.columns
                  where table_schema = 'hapi' and table_name = 'hfj_resource'
                    and data_type = 'boolean');
              begin
                execute 'insert into hapi.hfj_resource (res_id, partition_id, res_type, fhir_id,'
                  || ' res_ver, res_version, res_published, res_updated,' || flags || ') values'
                  || ' (1, 1, ''Observation'', ''x'', 1, ''R4'', now(), now(),' || falses || ')';
              end $$
              """)
          .update();
    }
    assertThatThrownBy(() -> DatabaseStart.start(settings))
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContaining("Observations");
  }

  @Test
  void saysInOneLineThatThereIsNoDatabase() {
    assertThatThrownBy(
            () ->
                DatabaseStart.start(
                    external("not_there", "hospital_app", "app-of-the-test", "", "")))
        .isInstanceOf(DatabaseStartException.class)
        .message()
        .contains("not_there")
        .hasLineCount(1);
  }

  @Test
  void saysThatTheUserIsRefusedWithoutThePassword() {
    assertThatThrownBy(
            () ->
                DatabaseStart.start(
                    external("postgres", "nobody_of_this_server", "a-secret-word", "", "")))
        .isInstanceOf(DatabaseStartException.class)
        .hasMessageContaining("nobody_of_this_server")
        .hasMessageNotContaining("a-secret-word");
  }

  private static void ownsNothing(Database database) {
    assertThat(
            JdbcClient.create(database.pool())
                .sql(
                    """
                    select count(*) from pg_class
                    where relowner = (select oid from pg_roles where rolname = current_user)
                      or pg_has_role(current_user, relowner, 'member')
                    """)
                .query(Long.class)
                .single())
        .isZero();
  }

  private static String whoWorks(Database database) {
    return JdbcClient.create(database.pool())
        .sql("select current_user")
        .query(String.class)
        .single();
  }

  private static List<String> tables(Database database) {
    return JdbcClient.create(database.pool())
        .sql("select distinct schemaname from pg_tables")
        .query(String.class)
        .list();
  }

  private DatabaseProperties embedded() {
    return new DatabaseProperties(data, "", "", "", "", "", 5);
  }

  private DatabaseProperties external(
      String database, String user, String password, String owner, String ownerPassword) {
    return new DatabaseProperties(
        data,
        "jdbc:postgresql://localhost:" + elsewhere.getPort() + "/" + database,
        user,
        password,
        owner,
        ownerPassword,
        5);
  }

  private static void admin(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(elsewhere.getJdbcUrl("postgres", "postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
