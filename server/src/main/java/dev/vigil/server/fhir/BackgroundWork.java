package dev.vigil.server.fhir;

import ca.uhn.fhir.jpa.cache.ISearchParamIdentityCacheSvc;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Lets HAPI end what it writes in the background, which are names of search parameters seen for the
 * first time, before a stop interrupts it in the middle of a commit. What is left is done again
 * after the next start.
 */
final class BackgroundWork implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(BackgroundWork.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  private final ISearchParamIdentityCacheSvc identities;
  private volatile boolean running;

  BackgroundWork(ISearchParamIdentityCacheSvc identities) {
    this.identities = identities;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (identities.hasInFlightTasks()) {
        if (System.nanoTime() > deadline) {
          log.info("stopping although HAPI still notes names of search parameters");
          return;
        }
        Thread.sleep(LOOK_EVERY.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** After the web server and the readers of the log: nobody asks for more then. */
  @Override
  public int getPhase() {
    return -1;
  }
}
