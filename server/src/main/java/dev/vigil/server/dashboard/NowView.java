package dev.vigil.server.dashboard;

import java.time.Instant;
import java.util.List;

/**
 * The page "Now", in its order. Public for the templates.
 *
 * @param warnings about Vigil itself; empty when all is well
 * @param high unacknowledged
 * @param acknowledged but not resolved, of any tier
 * @param medium unacknowledged, one a patient
 * @param quiet unacknowledged low and technical ones
 * @param silent devices that should have reported
 */
public record NowView(
    List<String> warnings,
    List<AlertView> high,
    List<AlertView> acknowledged,
    List<AlertView> medium,
    List<AlertView> quiet,
    List<SilentDevice> silent) {

  /**
   * A device that is somebody's and is silent, wholly or in part.
   *
   * @param signals what is silent; {@code everything} for the whole device
   * @param lastHeard event time of the newest reading of that; null if it never sent one
   */
  public record SilentDevice(
      String patientId, String patient, String device, String signals, Instant lastHeard) {

    /** Hides the person. */
    @Override
    public String toString() {
      return "SilentDevice";
    }
  }
}
