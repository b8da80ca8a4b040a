package dev.vigil.server.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.event.SpringApplicationEvent;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationListener;

/**
 * Begins the start of the database as soon as the settings are known, beside the wiring of the
 * server, which takes longer: together they are some seconds faster than one after the other.
 */
final class EarlyDatabase implements ApplicationListener<SpringApplicationEvent> {

  private static final Logger log = LoggerFactory.getLogger(EarlyDatabase.class);

  private CompletableFuture<Database> start;
  private boolean taken;

  @Override
  public void onApplicationEvent(SpringApplicationEvent event) {
    if (event instanceof ApplicationEnvironmentPreparedEvent settings) {
      DatabaseProperties properties =
          Binder.get(settings.getEnvironment()).bindOrCreate("vigil.db", DatabaseProperties.class);
      start =
          CompletableFuture.supplyAsync(() -> DatabaseStart.start(properties), EarlyDatabase::run);
    } else if (event instanceof ApplicationPreparedEvent prepared) {
      prepared.getApplicationContext().getBeanFactory().registerSingleton("earlyDatabase", this);
    } else if (event instanceof ApplicationFailedEvent && start != null && !taken) {
      start.thenAccept(EarlyDatabase::close).exceptionally(EarlyDatabase::alreadyTold).join();
    }
  }

  /** Waits for the database; from now on the caller closes it. */
  Database await() {
    taken = true;
    try {
      return start.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  private static void run(Runnable task) {
    new Thread(task, "database-start").start();
  }

  private static void close(Database database) {
    try {
      database.close();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not stop", e);
    }
  }

  /** Another failure ended the start and is reported. */
  private static Void alreadyTold(Throwable failure) {
    log.debug("the database had failed too", failure);
    return null;
  }
}
