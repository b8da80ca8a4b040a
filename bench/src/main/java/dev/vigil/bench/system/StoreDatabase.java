package dev.vigil.bench.system;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A database, looked at from outside by its superuser {@code postgres}. A connection for each
 * question.
 */
public final class StoreDatabase {

  private final String url;
  private final String password;

  /** Of this JDBC URL. */
  public StoreDatabase(String url, String password) {
    this.url = Objects.requireNonNull(url, "url");
    this.password = Objects.requireNonNull(password, "password");
  }

  String url() {
    return url;
  }

  String password() {
    return password;
  }

  /** A connection; the caller closes it. */
  public Connection connect() {
    try {
      return DriverManager.getConnection(url, "postgres", password);
    } catch (SQLException e) {
      throw new IllegalStateException("the database cannot be reached", e);
    }
  }

  /** What was set when PostgreSQL was started, ports and folders aside. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                select name, current_setting(name) from pg_settings
                where source = 'command line'
                  and name not in ('port', 'data_directory', 'config_file', 'hba_file', 'ident_file')
                """);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
      return settings;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * How many bytes each table and each index has on disk; partitions count for their parent, and
   * what is stored out of line for its table.
   */
  public StoreSize size() {
    Map<String, Long> bytes = new TreeMap<>();
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                select coalesce(pg_partition_root(t.oid), t.oid)::regclass::text, null, pg_table_size(t.oid)
                from pg_class t join pg_namespace n on n.oid = t.relnamespace
                where t.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
                union all
                select coalesce(pg_partition_root(i.indrelid), i.indrelid)::regclass::text,
                  coalesce(pg_partition_root(i.indexrelid), i.indexrelid)::regclass::text,
                  pg_relation_size(i.indexrelid)
                from pg_index i join pg_class t on t.oid = i.indrelid
                join pg_namespace n on n.oid = t.relnamespace
                where t.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
                """);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        String index = rows.getString(2);
        String name = rows.getString(1) + (index == null ? "" : " " + unqualified(index));
        bytes.merge(name, rows.getLong(3), Long::sum);
      }
      return new StoreSize(bytes);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String unqualified(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Where the write-ahead log ends, and how many whole pages it holds for safety alone. */
  public WalPosition wal() {
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                select pg_current_wal_insert_lsn() - '0/0'::pg_lsn, wal_fpi from pg_stat_wal
                """);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new WalPosition(row.getLong(1), row.getLong(2));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes out what waits, so that a phase does not pay for the one before it. */
  public void settle() {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement("checkpoint")) {
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
