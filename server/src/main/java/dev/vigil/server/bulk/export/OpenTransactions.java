package dev.vigil.server.bulk.export;

import java.time.Duration;
import java.time.OffsetDateTime;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Waits for what is being written. A resource carries the time its transaction began, and is seen
 * once that commits: an export that did not wait would miss it, and the next one, which asks for
 * what came since, would miss it too.
 */
@Component
class OpenTransactions {

  private static final Logger log = LoggerFactory.getLogger(OpenTransactions.class);

  /** A transaction takes its time before its first statement. */
  private static final Duration BEFORE_THE_FIRST_STATEMENT = Duration.ofMillis(500);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_EVERY_MS = 100;

  private final JdbcClient jdbc;

  OpenTransactions(DataSource dataSource) {
    this.jdbc = JdbcClient.create(dataSource);
  }

  /**
   * Until those have ended that may have begun before this call. Gives up after a minute.
   *
   * @param waiting called again and again meanwhile
   */
  void await(Runnable waiting) {
    pause(BEFORE_THE_FIRST_STATEMENT.toMillis());
    OffsetDateTime now = jdbc.sql("select clock_timestamp()").query(OffsetDateTime.class).single();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (open(now)) {
      if (System.nanoTime() > end) {
        log.warn("an export begins although a transaction has been open for a minute");
        return;
      }
      waiting.run();
      pause(LOOK_EVERY_MS);
    }
  }

  /** Sees those of the server's own role; nobody else writes. */
  private boolean open(OffsetDateTime before) {
    return jdbc.sql(
            """
            select exists (
              select 1 from pg_stat_activity
              where datname = current_database() and xact_start < :before
                and pid <> pg_backend_pid())
            """)
        .param("before", before)
        .query(Boolean.class)
        .single();
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
