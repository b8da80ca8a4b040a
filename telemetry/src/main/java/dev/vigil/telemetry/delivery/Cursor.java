package dev.vigil.telemetry.delivery;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a destination stands. Immutable.
 *
 * @param position the last event it is done with
 * @param attempts failures in a row
 * @param nextAttemptAt not before then
 * @param firstFailedAt since when it fails; empty while it works
 */
record Cursor(
    long position, int attempts, Optional<Instant> nextAttemptAt, Optional<Instant> firstFailedAt) {

  boolean failing() {
    return firstFailedAt.isPresent();
  }

  boolean due(Instant now) {
    return nextAttemptAt.isEmpty() || !nextAttemptAt.get().isAfter(now);
  }

  /** Done with an event that was not wanted, which says nothing about the other side. */
  Cursor passed(long sequence) {
    return new Cursor(sequence, attempts, Optional.empty(), firstFailedAt);
  }

  /** The other side confirmed. */
  Cursor confirmed(long sequence) {
    return new Cursor(sequence, 0, Optional.empty(), Optional.empty());
  }

  /** The other side did not confirm; the same event again later. */
  Cursor failed(Instant now, DeliveryPolicy policy) {
    return new Cursor(
        position,
        attempts + 1,
        Optional.of(now.plus(policy.pauseAfter(attempts + 1))),
        Optional.of(firstFailedAt.orElse(now)));
  }

  /** Nothing before then. */
  Cursor heldUntil(Instant moment) {
    return new Cursor(position, attempts, Optional.of(moment), firstFailedAt);
  }

  /** The event was given up; the next one may be tried at once. */
  Cursor gaveUp(long sequence, Instant now) {
    return new Cursor(
        sequence, attempts + 1, Optional.empty(), Optional.of(firstFailedAt.orElse(now)));
  }
}
