package dev.vigil.hl7.mllp;

import java.util.Optional;

/** Takes a message in and answers it. */
@FunctionalInterface
public interface MessageHandler {

  /**
   * Returns only when what the answer says is true for good, for example after a commit. Called by
   * many connections at once.
   *
   * @return the answer's text, without framing; empty if the sender asked for none
   */
  Optional<byte[]> handle(Frame frame);
}
