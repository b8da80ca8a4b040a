package dev.vigil.server.telemetry;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When the server packs Observations of weeks that are over.
 *
 * @param after from the end of a week until it is packed
 * @param interval from the end of a turn to the next one
 */
@ConfigurationProperties("vigil.packing")
public record PackingProperties(
    @DefaultValue("28d") Duration after, @DefaultValue("1h") Duration interval) {

  /** Refuses an interval that is not positive, and weeks that are not over. */
  public PackingProperties {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("vigil.packing.interval is positive");
    }
    if (after.isNegative()) {
      throw new IllegalArgumentException("vigil.packing.after is not negative");
    }
  }
}
