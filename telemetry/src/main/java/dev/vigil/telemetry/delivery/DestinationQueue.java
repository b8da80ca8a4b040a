package dev.vigil.telemetry.delivery;

import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.UnreadableEventException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The events of one destination, one after the other. One thread at a time runs {@link
 * #deliverBatch}; the runner sees to that.
 */
final class DestinationQueue {

  /** What all queues share. */
  record Shared(
      EventLog log,
      Cursors cursors,
      TransactionTemplate transactions,
      DeliveryPolicy policy,
      Clock clock,
      MeterRegistry meters,
      BooleanSupplier stopping) {}

  private static final Logger logger = LoggerFactory.getLogger(DestinationQueue.class);

  private final Shared shared;
  private final Channel channel;
  private volatile Destination destination;
  private volatile Cursor cursor;
  private volatile boolean running;
  private volatile boolean active = true;

  DestinationQueue(Shared shared, Channel channel, Destination destination, Cursor cursor) {
    this.shared = shared;
    this.channel = channel;
    this.destination = destination;
    this.cursor = cursor;
  }

  /** Takes on the destination's present address and settings. */
  void activate(Destination current) {
    destination = current;
    active = true;
  }

  /** Sends nothing more than what is under way. */
  void deactivate() {
    active = false;
  }

  boolean startable(long head, Instant now) {
    return active && !running && cursor.position() < head && cursor.due(now);
  }

  /** When this queue wants to go on although nothing new is in the log. */
  Optional<Instant> nextAttemptAt() {
    return active && !running ? cursor.nextAttemptAt() : Optional.empty();
  }

  void claim() {
    running = true;
  }

  /** After a failure of our own: waits as after a failure of the other side, in memory only. */
  void hold() {
    Instant now = shared.clock().instant();
    cursor = cursor.heldUntil(now.plus(shared.policy().pauseAfter(cursor.attempts() + 1)));
  }

  void release() {
    running = false;
  }

  /** Works through the next batch, to its end, a failure or a stop. */
  void deliverBatch() {
    List<LoggedEvent> events;
    try {
      events = shared.log().read(cursor.position(), shared.policy().batch());
    } catch (UnreadableEventException e) {
      long sequence = cursor.position() + 1;
      bury(cursor.passed(sequence), "the event is unreadable");
      return;
    }
    Destination target = destination;
    long saved = cursor.position();
    for (LoggedEvent event : events) {
      if (!active || shared.stopping().getAsBoolean()) {
        break;
      }
      if (!event.tenant().equals(target.tenant())) {
        cursor = cursor.passed(event.sequence());
        continue;
      }
      boolean wanted;
      try {
        wanted = channel.deliver(target, event);
      } catch (DeliveryFailedException e) {
        failed(target, event, String.valueOf(e.getMessage()), e.permanent());
        return;
      } catch (RuntimeException e) {
        failed(target, event, e.getClass().getName(), false);
        return;
      }
      if (wanted) {
        confirmed(target, event.sequence());
        saved = event.sequence();
      } else {
        cursor = cursor.passed(event.sequence());
      }
    }
    if (cursor.position() > saved) {
      shared.cursors().save(channel.name(), target, cursor, null);
    }
  }

  private void confirmed(Destination target, long sequence) {
    boolean wasFailing = cursor.failing();
    cursor = cursor.confirmed(sequence);
    shared.cursors().save(channel.name(), target, cursor, null);
    count("confirmed");
    if (wasFailing) {
      tell(target, false, "");
    }
  }

  private void failed(Destination target, LoggedEvent event, String error, boolean permanent) {
    Instant now = shared.clock().instant();
    boolean wasFailing = cursor.failing();
    logger.warn(
        "delivery failed channel={} destination={} sequence={} attempts={} permanent={}",
        channel.name(),
        target.id(),
        event.sequence(),
        cursor.attempts() + 1,
        permanent);
    if (permanent || outOfPatience(event, now)) {
      bury(cursor.gaveUp(event.sequence(), now), error);
    } else {
      cursor = cursor.failed(now, shared.policy());
      shared.cursors().save(channel.name(), target, cursor, error);
      count("failed");
    }
    if (!wasFailing) {
      tell(target, true, error);
    }
  }

  private boolean outOfPatience(LoggedEvent event, Instant now) {
    Instant limit = now.minus(shared.policy().giveUpAfter());
    return cursor.firstFailedAt().filter(since -> !since.isAfter(limit)).isPresent()
        && !event.recordedAt().isAfter(limit);
  }

  private void bury(Cursor next, String error) {
    Destination target = destination;
    Instant now = shared.clock().instant();
    shared
        .transactions()
        .executeWithoutResult(
            status -> {
              shared
                  .cursors()
                  .bury(channel.name(), target, next.position(), error, next.attempts(), now);
              shared.cursors().save(channel.name(), target, next, error);
            });
    cursor = next;
    count("dead");
    logger.error(
        "dead letter channel={} destination={} sequence={}",
        channel.name(),
        target.id(),
        next.position());
  }

  private void count(String outcome) {
    shared
        .meters()
        .counter("vigil.delivery", "channel", channel.name(), "outcome", outcome)
        .increment();
  }

  private void tell(Destination target, boolean failing, String reason) {
    try {
      channel.stateChanged(target, failing, reason);
    } catch (RuntimeException e) {
      logger.warn(
          "channel did not take the change of state channel={} destination={} error={}",
          channel.name(),
          target.id(),
          e.getClass().getName());
    }
  }
}
