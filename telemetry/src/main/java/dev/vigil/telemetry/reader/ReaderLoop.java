package dev.vigil.telemetry.reader;

import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import io.micrometer.core.instrument.Counter;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/** One reader's thread: takes batches until it is told to stop. */
final class ReaderLoop implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(ReaderLoop.class);

  private static final int BATCH = 200;

  private static final int TRIES = 5;
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final LogReader reader;
  private final EventLog events;
  private final ReaderPositions positions;
  private final TransactionTemplate transactions;
  private final LogSignal signal;
  private final Clock clock;
  private final Counter parked;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean stopping;
  private volatile boolean hurried;
  private volatile long position;

  /** Whether the last attempt got as far as the log: only then its failure is the event's. */
  private boolean offered;

  ReaderLoop(
      LogReader reader,
      EventLog events,
      ReaderPositions positions,
      TransactionTemplate transactions,
      LogSignal signal,
      Clock clock,
      Counter parked) {
    this.reader = reader;
    this.events = events;
    this.positions = positions;
    this.transactions = transactions;
    this.signal = signal;
    this.clock = clock;
    this.parked = parked;
  }

  /** The last event this process took. */
  long position() {
    return position;
  }

  /** Lets the batch in flight end. */
  void stop() {
    stopping = true;
    stopped.countDown();
  }

  /** Lets it go on before its longest pace is over. It also takes a signal to wake it. */
  void hurry() {
    hurried = true;
  }

  String name() {
    return reader.name();
  }

  @Override
  public void run() {
    try (LogSignal.Listener listener = signal.listen()) {
      boolean begun = false;
      Duration pause = FIRST_PAUSE;
      while (!stopping) {
        try {
          if (!begun) {
            positions.beginAt(reader.name(), reader.beginsAtHead() ? events.head() : 0);
            begun = true;
          }
          long since = System.nanoTime();
          int taken = takeWhatIsThere();
          if (taken == 0) {
            listener.await(POLL);
          } else if (isPaced()) {
            letGather(listener, since);
          }
          pause = FIRST_PAUSE;
        } catch (RuntimeException e) {
          log.error("reader cannot go on reader={} error={}", reader.name(), nameOf(e));
          listener.await(pause);
          pause = longer(pause);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** At least one batch if there is any; of a reader with a pace all that waits now. */
  private int takeWhatIsThere() throws InterruptedException {
    int taken = step();
    if (taken > 0 && isPaced()) {
      long head = events.head();
      boolean more = true;
      while (more && position < head && !stopping) {
        more = step() > 0;
      }
    }
    return taken;
  }

  private boolean isPaced() {
    return !reader.pace().isZero();
  }

  /** Until the reader's pace lets it go on. */
  private void letGather(LogSignal.Listener listener, long since) throws InterruptedException {
    long rest = reader.pace().toNanos() - (System.nanoTime() - since);
    if (rest > 0) {
      stopped.await(rest, TimeUnit.NANOSECONDS);
    }
    // At once if there was a commit since the last time. Other processes send no signal.
    boolean more = listener.await(reader.pace().compareTo(POLL) < 0 ? reader.pace() : POLL);
    long longest = reader.longestPace().toNanos();
    while (more && !hurried && !stopping && System.nanoTime() - since < longest) {
      more = listener.await(POLL);
    }
    hurried = false;
  }

  private int step() throws InterruptedException {
    try {
      return take(BATCH);
    } catch (RuntimeException e) {
      if (!offered || unavailable(e)) {
        throw e;
      }
      log.warn(
          "batch failed, going on event by event reader={} after={} error={}",
          reader.name(),
          position,
          nameOf(e));
      return oneByOne();
    }
  }

  /** Takes what the failed batch may have held, so that one bad event costs one slow batch. */
  private int oneByOne() throws InterruptedException {
    int taken = 0;
    while (taken < BATCH && !stopping && takeOrPark()) {
      taken++;
    }
    return taken;
  }

  private boolean takeOrPark() throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    long failing = -1;
    int tries = 0;
    while (true) {
      try {
        return take(1) > 0;
      } catch (RuntimeException e) {
        if (!offered || unavailable(e) || stopping) {
          throw e;
        }
        tries = position == failing ? tries + 1 : 1;
        failing = position;
        if (tries == TRIES) {
          park(e, failing);
          return true;
        }
        Thread.sleep(pause.toMillis());
        pause = longer(pause);
      }
    }
  }

  /** Passes by what is not wanted, or hands over the next events, in a transaction of its own. */
  private int take(int max) {
    offered = false;
    Long reached =
        transactions.execute(
            status -> {
              position = positions.lock(reader.name());
              offered = true;
              long to =
                  reader.wants().isEmpty() ? position : events.without(position, reader.wants());
              if (to == position) {
                NextEvents next =
                    new NextEvents(events, position, max, max > 1 ? reader.batches() : 1);
                if (next.isEmpty()) {
                  return position;
                }
                reader.acceptAll(next);
                to = next.last();
              }
              positions.moveTo(reader.name(), to);
              return to;
            });
    int taken = Math.toIntExact(Math.min(reached - position, Integer.MAX_VALUE));
    position = reached;
    return taken;
  }

  /** Skips the event after a position, unless another process has got past it meanwhile. */
  private void park(RuntimeException cause, long after) {
    Boolean done =
        transactions.execute(
            status -> {
              if (positions.lock(reader.name()) != after) {
                return false;
              }
              positions.park(reader.name(), after + 1, nameOf(cause), clock.instant());
              positions.moveTo(reader.name(), after + 1);
              return true;
            });
    if (Boolean.TRUE.equals(done)) {
      position = after + 1;
      parked.increment();
      log.error(
          "event parked reader={} sequence={} error={}", reader.name(), after + 1, nameOf(cause));
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /** The class alone: a message may quote values. */
  private static String nameOf(Throwable error) {
    return error.getClass().getName();
  }

  /**
   * Whether PostgreSQL was away (SQLSTATE classes 08, 53 and 57P: connection, resources, shutdown)
   * or a key could not be had, which is no fault of the event: it is tried for as long as that
   * lasts and never parked. When the rollback fails as well, Spring reports that and keeps the
   * first failure beside it.
   */
  private static boolean unavailable(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof CannotCreateTransactionException
          || cause instanceof DataAccessResourceFailureException) {
        return true;
      }
      if (cause instanceof TransactionSystemException rollback
          && rollback.getApplicationException() != null
          && unavailable(rollback.getApplicationException())) {
        return true;
      }
      if (cause instanceof SQLException sql
          && sql.getSQLState() != null
          && sql.getSQLState().matches("(08|53|57P).*")) {
        return true;
      }
    }
    return false;
  }
}
