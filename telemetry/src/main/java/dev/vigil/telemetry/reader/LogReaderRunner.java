package dev.vigil.telemetry.reader;

import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs readers of the log, each in a thread of its own. Several processes may run the same reader:
 * its position is locked while a batch is taken, so that they take turns.
 *
 * <p>Metrics, tagged with the reader's name: {@code vigil.reader.lag} in events (not a number while
 * PostgreSQL is away) and {@code vigil.reader.parked}.
 */
public final class LogReaderRunner {

  private static final Logger log = LoggerFactory.getLogger(LogReaderRunner.class);

  private final List<LogReader> readers;
  private final EventLog events;
  private final ReaderPositions positions;
  private final TransactionTemplate transactions;
  private final LogSignal signal;
  private final Clock clock;
  private final MeterRegistry meters;
  private final List<ReaderLoop> loops = new CopyOnWriteArrayList<>();
  private final List<Gauge> gauges = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Does nothing until it is started.
   *
   * @param dataSource the one of the transaction manager
   * @param readers with distinct names
   * @throws IllegalArgumentException if two readers share a name
   */
  public LogReaderRunner(
      DataSource dataSource,
      PlatformTransactionManager transactionManager,
      EventLog events,
      LogSignal signal,
      Clock clock,
      MeterRegistry meters,
      List<LogReader> readers) {
    this.readers = List.copyOf(readers);
    this.events = events;
    this.positions = new ReaderPositions(dataSource);
    this.transactions = new TransactionTemplate(transactionManager);
    this.signal = signal;
    this.clock = clock;
    this.meters = meters;
    if (readers.stream().map(LogReader::name).distinct().count() != readers.size()) {
      throw new IllegalArgumentException("readers have distinct names");
    }
  }

  /** Starts a thread for each reader. A second call without a stop does nothing. */
  public synchronized void start() {
    if (!threads.isEmpty()) {
      return;
    }
    for (LogReader reader : readers) {
      Counter parked =
          Counter.builder("vigil.reader.parked").tag("reader", reader.name()).register(meters);
      ReaderLoop loop =
          new ReaderLoop(reader, events, positions, transactions, signal, clock, parked);
      gauges.add(
          Gauge.builder("vigil.reader.lag", loop, this::lag)
              .tag("reader", reader.name())
              .register(meters));
      loops.add(loop);
      threads.add(new Thread(loop, "reader-" + reader.name()));
    }
    threads.forEach(Thread::start);
  }

  /**
   * Lets each batch in flight end and commit, then returns. A batch that takes longer than that is
   * interrupted and rolls back.
   */
  public synchronized void stop(Duration patience) throws InterruptedException {
    loops.forEach(ReaderLoop::stop);
    signal.fire();
    long deadline = System.nanoTime() + patience.toNanos();
    for (Thread thread : threads) {
      thread.join(Math.max(1, Duration.ofNanos(deadline - System.nanoTime()).toMillis()));
      if (thread.isAlive()) {
        log.warn("reader interrupted thread={}", thread.getName());
        thread.interrupt();
        thread.join(1_000);
      }
    }
    gauges.forEach(meters::remove);
    gauges.clear();
    threads.clear();
    loops.clear();
  }

  /**
   * Has a reader take what waits as soon as its {@link LogReader#pace} allows, though more commits
   * follow. Returns at once.
   */
  public void hurry(String reader) {
    loops.stream().filter(loop -> loop.name().equals(reader)).forEach(ReaderLoop::hurry);
    signal.fire();
  }

  private double lag(ReaderLoop loop) {
    try {
      return Math.max(0, events.head() - loop.position());
    } catch (DataAccessException e) {
      return Double.NaN;
    }
  }
}
