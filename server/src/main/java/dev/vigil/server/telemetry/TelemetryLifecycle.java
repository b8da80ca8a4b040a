package dev.vigil.server.telemetry;

import dev.vigil.telemetry.delivery.DeliveryRunner;
import dev.vigil.telemetry.log.HeadSigning;
import dev.vigil.telemetry.log.LogTail;
import dev.vigil.telemetry.reader.LogReaderRunner;
import dev.vigil.telemetry.upkeep.RepeatedTask;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Starts the readers of the log and the repeated tasks once the guide is loaded; stops them when
 * the last request has been answered and before the database goes.
 */
@Component
@Order(TelemetryLifecycle.ORDER)
class TelemetryLifecycle implements SmartLifecycle, ApplicationRunner {

  static final int ORDER = 10;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final LogReaderRunner readers;
  private final DeliveryRunner deliveries;
  private final LogTail tail;
  private final HeadSigning heads;
  private final List<RepeatedTask> tasks;
  private volatile boolean running;

  TelemetryLifecycle(
      LogReaderRunner readers,
      DeliveryRunner deliveries,
      LogTail tail,
      HeadSigning heads,
      List<RepeatedTask> tasks) {
    this.readers = readers;
    this.deliveries = deliveries;
    this.tail = tail;
    this.heads = heads;
    this.tasks = List.copyOf(tasks);
  }

  @Override
  public void run(ApplicationArguments arguments) {
    start();
  }

  @Override
  public void start() {
    tail.start();
    readers.start();
    deliveries.start();
    heads.start();
    tasks.forEach(RepeatedTask::start);
    running = true;
  }

  @Override
  public void stop() {
    try {
      for (RepeatedTask task : tasks) {
        task.stop(PATIENCE);
      }
      readers.stop(PATIENCE);
      deliveries.stop(PATIENCE);
      tail.stop();
      heads.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Started by {@link #run}, after the guide. */
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
