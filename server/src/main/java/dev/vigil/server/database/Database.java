package dev.vigil.server.database;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;

/**
 * The database of this process.
 *
 * @param pool connections to migrated schemas
 * @param questions connections for short questions outside of transactions, which plan a statement
 *     once
 * @param embedded the PostgreSQL that runs for us; null if it is an external one
 */
record Database(HikariDataSource pool, HikariDataSource questions, EmbeddedPostgresServer embedded)
    implements AutoCloseable {

  /** Closes the connections, then stops the PostgreSQL that is ours. */
  @Override
  public void close() throws IOException {
    questions.close();
    pool.close();
    if (embedded != null) {
      embedded.close();
    }
  }
}
