package dev.vigil.telemetry.upkeep;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does some work at its start and then at intervals, in a thread of its own. A turn that fails is
 * logged, counted by {@code vigil.task.failed} (tagged with the task's name) and made up for by the
 * next one.
 */
public final class RepeatedTask {

  private static final Logger log = LoggerFactory.getLogger(RepeatedTask.class);

  /** What is done in a turn. */
  @FunctionalInterface
  public interface Work {

    /**
     * One turn.
     *
     * @param stopping whether to end soon, between two transactions
     */
    void run(BooleanSupplier stopping) throws InterruptedException;
  }

  private final String name;
  private final Duration interval;
  private final Work work;
  private final Counter failed;
  private Thread thread;
  private CountDownLatch end;

  /**
   * Does nothing until it is started.
   *
   * @param name short and stable, for example {@code partitions}
   * @param interval from the end of a turn to the next one
   */
  public RepeatedTask(String name, Duration interval, Work work, MeterRegistry meters) {
    this.name = name;
    this.interval = interval;
    this.work = work;
    this.failed = Counter.builder("vigil.task.failed").tag("task", name).register(meters);
  }

  /**
   * Starts the thread, whose first turn begins at once. A second call without a stop does nothing.
   */
  public synchronized void start() {
    if (thread == null) {
      CountDownLatch latch = new CountDownLatch(1);
      end = latch;
      thread = new Thread(() -> run(latch), "task-" + name);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Lets the turn in flight end soon, for at most that long; then it is interrupted. */
  public synchronized void stop(Duration patience) throws InterruptedException {
    if (thread != null) {
      end.countDown();
      thread.join(Math.max(1, patience.toMillis()));
      if (thread.isAlive()) {
        log.warn("task interrupted task={}", name);
        thread.interrupt();
        thread.join(1_000);
      }
      thread = null;
    }
  }

  private void run(CountDownLatch latch) {
    try {
      do {
        turn(() -> latch.getCount() == 0);
      } while (!latch.await(interval.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn(BooleanSupplier stopping) throws InterruptedException {
    try {
      work.run(stopping);
    } catch (RuntimeException e) {
      failed.increment();
      // The class alone: a message may quote values.
      log.error("task failed task={} error={}", name, e.getClass().getName());
    }
  }
}
