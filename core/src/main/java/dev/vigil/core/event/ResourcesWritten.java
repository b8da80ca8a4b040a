package dev.vigil.core.event;

import dev.vigil.core.Reading;
import java.util.List;

/**
 * A message or request was committed: one event for one commit, however many resources it holds.
 *
 * @param changes the resources, in the order of the message
 * @param readings the device readings among them, checked and converted; empty if there were none
 */
public record ResourcesWritten(List<ResourceChange> changes, List<Reading> readings)
    implements Event {

  /** Copies both lists. */
  public ResourcesWritten {
    changes = List.copyOf(changes);
    readings = List.copyOf(readings);
  }

  /** Hides the readings. */
  @Override
  public String toString() {
    return "ResourcesWritten[changes=" + changes.size() + ", readings=" + readings.size() + "]";
  }
}
