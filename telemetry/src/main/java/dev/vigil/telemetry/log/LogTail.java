package dev.vigil.telemetry.log;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands committed events to subscribers in this process, for pages that show what happens now. In
 * order and once, but without memory: what was committed before a subscription, or while the
 * process was down, is not handed over.
 */
public final class LogTail {

  /** A subscription; close it to end it. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  private static final Logger logger = LoggerFactory.getLogger(LogTail.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int BATCH = 200;

  private final EventLog log;
  private final LogSignal signal;
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
  private Thread thread;

  /** Does nothing until it is started. */
  public LogTail(EventLog log, LogSignal signal) {
    this.log = log;
    this.signal = signal;
  }

  /**
   * Hands over every event committed after this call returned.
   *
   * @param consumer must return quickly, since all subscribers share a thread; what it throws is
   *     logged and ends its subscription
   */
  public Subscription subscribe(Consumer<LoggedEvent> consumer) {
    Subscriber subscriber = new Subscriber(consumer, log.head());
    subscribers.add(subscriber);
    return () -> subscribers.remove(subscriber);
  }

  /** Starts the thread. A second call without a stop does nothing. */
  public synchronized void start() {
    if (thread == null) {
      thread = new Thread(this::run, "log-tail");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Ends the thread. */
  public synchronized void stop() throws InterruptedException {
    if (thread != null) {
      thread.interrupt();
      thread.join(5_000);
      thread = null;
    }
  }

  private void run() {
    try (LogSignal.Listener listener = signal.listen()) {
      while (!Thread.currentThread().isInterrupted()) {
        if (!step()) {
          listener.await(POLL);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads on from the subscriber that is furthest behind; each ignores what it has had. */
  private boolean step() {
    long after = subscribers.stream().mapToLong(s -> s.position).min().orElse(Long.MAX_VALUE);
    if (after == Long.MAX_VALUE) {
      return false;
    }
    List<LoggedEvent> events;
    try {
      events = log.follow(after, BATCH);
    } catch (UnreadableEventException e) {
      logger.warn("event left out of the tail sequence={}", after + 1);
      subscribers.forEach(s -> s.position = Math.max(s.position, after + 1));
      return true;
    } catch (RuntimeException e) {
      logger.warn("tail cannot read error={}", e.getClass().getName());
      return false;
    }
    events.forEach(event -> subscribers.forEach(subscriber -> hand(subscriber, event)));
    return !events.isEmpty();
  }

  private void hand(Subscriber subscriber, LoggedEvent event) {
    if (event.sequence() <= subscriber.position) {
      return;
    }
    try {
      subscriber.consumer.accept(event);
      subscriber.position = event.sequence();
    } catch (RuntimeException e) {
      logger.warn("subscriber of the tail failed error={}", e.getClass().getName());
      subscribers.remove(subscriber);
    }
  }

  private static final class Subscriber {

    private final Consumer<LoggedEvent> consumer;
    private volatile long position;

    private Subscriber(Consumer<LoggedEvent> consumer, long position) {
      this.consumer = consumer;
      this.position = position;
    }
  }
}
