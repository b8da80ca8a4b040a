package dev.vigil.subscriptions.rule;

import dev.vigil.core.event.Alert;
import java.time.Instant;
import java.util.Optional;

/** What the engine decided. */
public sealed interface Step {

  /**
   * An episode begins.
   *
   * @param alert what was found
   * @param replaced the open episode of lower rank that it takes over from
   */
  record Raise(Alert alert, Optional<Episode> replaced) implements Step {}

  /**
   * An episode is over.
   *
   * @param episode the one that was open
   * @param clearedAt event time of the sample that completed the clearing
   */
  record Clear(Episode episode, Instant clearedAt) implements Step {}
}
