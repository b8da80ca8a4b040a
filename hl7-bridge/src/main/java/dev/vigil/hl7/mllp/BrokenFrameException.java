package dev.vigil.hl7.mllp;

import java.io.IOException;

/** The stream cannot be followed any further: it ended in a frame, or is without end. */
public final class BrokenFrameException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Says what is wrong with the frame; never anything of its content. */
  public BrokenFrameException(String message) {
    super(message);
  }
}
