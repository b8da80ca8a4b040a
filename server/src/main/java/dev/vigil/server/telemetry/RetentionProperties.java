package dev.vigil.server.telemetry;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When the server deletes what has been kept long enough. What that is, policies say: {@code vigil
 * retention}.
 *
 * @param interval from the end of a turn to the next one
 */
@ConfigurationProperties("vigil.retention")
public record RetentionProperties(@DefaultValue("6h") Duration interval) {

  /** Refuses an interval that is not positive. */
  public RetentionProperties {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("vigil.retention.interval is positive");
    }
  }
}
