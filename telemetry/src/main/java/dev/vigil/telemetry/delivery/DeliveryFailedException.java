package dev.vigil.telemetry.delivery;

/** The other side did not confirm. The message is safe to show: no address, no payload. */
public final class DeliveryFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean permanent;

  /**
   * What went wrong.
   *
   * @param permanent whether trying the same message again is useless, for example after an HL7 AE
   *     or HTTP 410
   */
  public DeliveryFailedException(String message, boolean permanent) {
    super(message);
    this.permanent = permanent;
  }

  /** Whether trying again is useless: the event becomes a dead letter at once. */
  public boolean permanent() {
    return permanent;
  }
}
