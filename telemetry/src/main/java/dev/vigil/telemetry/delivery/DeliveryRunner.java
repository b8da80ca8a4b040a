package dev.vigil.telemetry.delivery;

import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Delivers events to the destinations of all channels: in order for each destination, at least
 * once, several destinations side by side. What a destination has confirmed is in its cursor, so a
 * restart goes on there; the event in flight at a kill is sent again. One process at a time may run
 * it.
 *
 * <p>A new destination begins at the head of the log as it was when the channel was last asked. One
 * that its channel no longer lists is left alone and keeps its cursor; listed again it gets what it
 * missed. Counts outcomes in {@code vigil.delivery}, tagged {@code channel} and {@code outcome}
 * (confirmed, failed, dead).
 */
public final class DeliveryRunner {

  private record Key(String channel, String tenant, String destination) {}

  private static final Logger logger = LoggerFactory.getLogger(DeliveryRunner.class);

  /** Channels are asked no more often than that, however busy the log is. */
  private static final Duration REFRESH_PAUSE = Duration.ofMillis(100);

  private final EventLog log;
  private final LogSignal signal;
  private final Clock clock;
  private final DeliveryPolicy policy;
  private final List<Channel> channels;
  private final Cursors cursors;
  private final DestinationQueue.Shared shared;

  /** Owned by the coordinating thread. */
  private final Map<Key, DestinationQueue> queues = new HashMap<>();

  private volatile boolean stopping;
  private ExecutorService workers;
  private Thread coordinator;

  /**
   * Does nothing until it is started.
   *
   * @param dataSource the one of the transaction manager
   * @param channels with distinct names
   */
  public DeliveryRunner(
      DataSource dataSource,
      PlatformTransactionManager transactionManager,
      EventLog log,
      LogSignal signal,
      Clock clock,
      MeterRegistry meters,
      DeliveryPolicy policy,
      List<Channel> channels) {
    this.log = log;
    this.signal = signal;
    this.clock = clock;
    this.policy = policy;
    this.channels = List.copyOf(channels);
    this.cursors = new Cursors(dataSource);
    this.shared =
        new DestinationQueue.Shared(
            log,
            cursors,
            new TransactionTemplate(transactionManager),
            policy,
            clock,
            meters,
            () -> stopping);
    if (channels.stream().map(Channel::name).distinct().count() != channels.size()) {
      throw new IllegalArgumentException("channels have distinct names");
    }
  }

  /** Starts the threads. A second call without a stop does nothing. */
  public synchronized void start() {
    if (coordinator != null) {
      return;
    }
    stopping = false;
    AtomicInteger count = new AtomicInteger();
    workers =
        Executors.newFixedThreadPool(
            policy.threads(), task -> new Thread(task, "delivery-" + count.incrementAndGet()));
    coordinator = new Thread(this::run, "delivery");
    coordinator.start();
  }

  /**
   * Lets calls under way end, then returns. A call that takes longer than that is interrupted; its
   * event is sent again after the next start.
   */
  public synchronized void stop(Duration patience) throws InterruptedException {
    if (coordinator == null) {
      return;
    }
    stopping = true;
    signal.fire();
    coordinator.join();
    workers.shutdown();
    if (!workers.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      workers.shutdownNow();
      workers.awaitTermination(1, TimeUnit.SECONDS);
    }
    queues.clear();
    coordinator = null;
  }

  private void run() {
    try (LogSignal.Listener listener = signal.listen()) {
      Instant refreshed = Instant.MIN;
      long newBegin = -1;
      while (!stopping) {
        try {
          long head = log.head();
          if (!clock.instant().isBefore(refreshed.plus(REFRESH_PAUSE))) {
            long begin = newBegin < 0 ? head : newBegin;
            channels.forEach(channel -> refresh(channel, begin));
            newBegin = head;
            refreshed = clock.instant();
          }
          startDue(head, listener);
        } catch (RuntimeException e) {
          logger.error("delivery cannot go on error={}", e.getClass().getName());
        }
        listener.await(untilNext());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Asks a channel for its destinations.
   *
   * @param newBegin head of the log when the channel was last asked: a new destination begins
   *     there, so it misses nothing that came after it was declared
   */
  private void refresh(Channel channel, long newBegin) {
    List<Destination> destinations;
    try {
      destinations = channel.destinations();
    } catch (RuntimeException e) {
      logger.error(
          "channel gave no destinations, keeping the last ones channel={} error={}",
          channel.name(),
          e.getClass().getName());
      return;
    }
    Map<Key, Destination> current = new HashMap<>();
    for (Destination destination : destinations) {
      current.put(
          new Key(channel.name(), destination.tenant().value(), destination.id()), destination);
    }
    queues.forEach(
        (key, queue) -> {
          if (key.channel().equals(channel.name()) && !current.containsKey(key)) {
            queue.deactivate();
          }
        });
    current.forEach(
        (key, destination) ->
            queues
                .computeIfAbsent(
                    key,
                    added ->
                        new DestinationQueue(
                            shared,
                            channel,
                            destination,
                            cursors.openAt(channel.name(), destination, newBegin)))
                .activate(destination));
  }

  private void startDue(long head, LogSignal.Listener listener) {
    Instant now = clock.instant();
    for (DestinationQueue queue : queues.values()) {
      if (queue.startable(head, now)) {
        queue.claim();
        workers.execute(
            () -> {
              try {
                queue.deliverBatch();
              } catch (RuntimeException e) {
                logger.error("cursor not kept error={}", e.getClass().getName());
                queue.hold();
              } finally {
                queue.release();
                listener.wake();
              }
            });
      }
    }
  }

  private Duration untilNext() {
    Instant now = clock.instant();
    return queues.values().stream()
        .flatMap(queue -> queue.nextAttemptAt().stream())
        .map(next -> Duration.between(now, next))
        .map(wait -> wait.isNegative() ? Duration.ZERO : wait)
        .min(Duration::compareTo)
        .map(wait -> wait.plusMillis(1))
        .filter(wait -> wait.compareTo(policy.refresh()) < 0)
        .orElse(policy.refresh());
  }
}
