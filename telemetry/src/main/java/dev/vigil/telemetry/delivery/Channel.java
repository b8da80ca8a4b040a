package dev.vigil.telemetry.delivery;

import dev.vigil.telemetry.log.LoggedEvent;
import java.util.List;

/**
 * A way out: webhook, HL7 v2, mail. The delivery engine asks it which destinations there are, walks
 * the log for each in order, and calls it again for the same event until it returns or fails for
 * good. So an event may arrive more than once; a channel gives it the same message id each time.
 */
public interface Channel {

  /** Short and stable, for example {@code webhook}: part of the cursor's key. */
  String name();

  /** The destinations of all tenants that are active now. A new one starts at the log's head. */
  List<Destination> destinations();

  /**
   * Sends one event if the destination wants it.
   *
   * <p>Called for one event at a time per destination, outside any transaction, with events of the
   * destination's tenant only.
   *
   * @return whether the destination wanted it
   * @throws DeliveryFailedException if the other side did not confirm
   */
  boolean deliver(Destination destination, LoggedEvent event) throws DeliveryFailedException;

  /** Told once when a destination begins to fail, and once when it works again. */
  default void stateChanged(Destination destination, boolean failing, String reason) {}
}
