package dev.vigil.server.bulk;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Runs jobs on threads of its own, oldest first: at once when one is added here, within seconds
 * when another server added it or left it behind. Removes what has had its time.
 */
@Component
@Order(BulkRunner.ORDER)
class BulkRunner implements SmartLifecycle, ApplicationRunner {

  /** After the guide is loaded. */
  static final int ORDER = 20;

  private static final Logger log = LoggerFactory.getLogger(BulkRunner.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final Duration TIDY_EVERY = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final BulkJobs jobs;
  private final BulkFolder folder;
  private final BulkProperties properties;
  private final Clock clock;
  private final Map<BulkJob.Kind, BulkWork> works = new EnumMap<>(BulkJob.Kind.class);
  private final Semaphore news = new Semaphore(0);
  private final Set<BulkRun> running = ConcurrentHashMap.newKeySet();
  private ExecutorService threads;
  private ScheduledExecutorService tidying;
  private volatile boolean started;

  BulkRunner(
      BulkJobs jobs,
      BulkFolder folder,
      BulkProperties properties,
      Clock clock,
      List<BulkWork> works) {
    this.jobs = jobs;
    this.folder = folder;
    this.properties = properties;
    this.clock = clock;
    works.forEach(work -> this.works.put(work.kind(), work));
  }

  /** There is a new job. */
  void wake() {
    news.release();
  }

  @Override
  public void run(ApplicationArguments arguments) {
    start();
  }

  @Override
  public void start() {
    started = true;
    threads = Executors.newFixedThreadPool(properties.jobs(), BulkRunner::thread);
    for (int i = 0; i < properties.jobs(); i++) {
      threads.execute(this::work);
    }
    tidying = Executors.newSingleThreadScheduledExecutor(BulkRunner::thread);
    tidying.scheduleWithFixedDelay(this::tidy, 0, TIDY_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "bulk");
    thread.setDaemon(true);
    return thread;
  }

  private void work() {
    UUID holder = UUID.randomUUID();
    while (started) {
      try {
        Optional<BulkJob> job = jobs.claim(holder);
        if (job.isPresent()) {
          attempt(job.get(), holder);
        } else {
          news.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        log.warn("bulk jobs cannot be looked for now: {}", e.getClass().getName());
        pause();
      }
    }
  }

  private void attempt(BulkJob job, UUID holder) {
    log.info("bulk job begins job={} kind={}", job.id(), job.kind());
    BulkRun run = new BulkRun(job, holder, jobs, folder, clock, properties.linesOfFile());
    running.add(run);
    try {
      if (!started) {
        run.stop();
      }
      works.get(job.kind()).run(run);
      jobs.end(job, holder, "");
      log.info("bulk job ended job={}", job.id());
    } catch (BulkRun.Ended e) {
      if (e.stopped()) {
        jobs.release(job, holder);
        log.info("bulk job stops, to go on later job={}", job.id());
      } else {
        log.info("bulk job is no longer wanted here job={}", job.id());
      }
    } catch (BulkProblem e) {
      jobs.end(job, holder, e.getMessage());
      log.info("bulk job failed job={}", job.id());
    } catch (IOException | RuntimeException | Error e) {
      // An Error too: the next job needs this thread.
      fail(job, holder, e);
    } finally {
      running.remove(run);
    }
  }

  /** The message may quote what was asked: only where it happened is logged. */
  private void fail(BulkJob job, UUID holder, Throwable failure) {
    String incident = UUID.randomUUID().toString();
    RuntimeException safe = new RuntimeException(failure.getClass().getName());
    safe.setStackTrace(failure.getStackTrace());
    log.error("bulk job failed job={} incident={}", job.id(), incident, safe);
    jobs.end(job, holder, "the server failed; incident " + incident);
  }

  /** A folder is made after its row, so one without a row is nobody's. */
  void tidy() {
    try {
      jobs.removeExpired();
      Set<UUID> forgotten = new HashSet<>(folder.jobs());
      forgotten.removeAll(jobs.ids());
      for (UUID job : forgotten) {
        folder.remove(job);
      }
    } catch (IOException | RuntimeException e) {
      log.warn("files of bulk jobs cannot be removed now: {}", e.getClass().getName());
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_EVERY.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    started = false;
    running.forEach(BulkRun::stop);
    news.release(properties.jobs());
    tidying.shutdownNow();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return started;
  }

  /** Started by {@link #run}. */
  @Override
  public boolean isAutoStartup() {
    return false;
  }

  /** Below the web server's phases: it stops first. */
  @Override
  public int getPhase() {
    return 0;
  }
}
