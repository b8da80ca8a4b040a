package dev.vigil.telemetry.series;

import dev.vigil.telemetry.aggregate.Step;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** How finely a series is told, finest first. */
public enum Resolution {
  /** Each reading. */
  RAW("raw", null),
  /** Minutes. */
  MINUTE("minute", new Step(Duration.ofMinutes(1))),
  /** Stretches of five minutes. */
  FIVE_MINUTES("five-minutes", new Step(Duration.ofMinutes(5))),
  /** Quarters of an hour. */
  QUARTER_HOUR("quarter-hour", new Step(Duration.ofMinutes(15))),
  /** Hours. */
  HOUR("hour", Step.HOUR),
  /** Days of UTC. */
  DAY("day", Step.DAY);

  private final String code;
  private final Step step;

  Resolution(String code, Step step) {
    this.code = code;
    this.step = step;
  }

  /** On the wire. */
  public String code() {
    return code;
  }

  /** The stretches of time; none for {@link #RAW}. */
  public Step step() {
    return step;
  }

  /** The resolution of a code; empty if there is none. */
  public static Optional<Resolution> of(String code) {
    return Arrays.stream(values()).filter(one -> one.code.equals(code)).findFirst();
  }

  /** Whether hours or days of it are kept; the rest is worked out from readings. */
  boolean kept() {
    return this == HOUR || this == DAY;
  }

  /** The finest in which a stretch of time has at most so many points; days if none has. */
  static Resolution finest(Duration width, int points) {
    return Arrays.stream(values())
        .filter(one -> one.step != null)
        .filter(one -> width.dividedBy(one.step.length()) < points)
        .findFirst()
        .orElse(DAY);
  }
}
