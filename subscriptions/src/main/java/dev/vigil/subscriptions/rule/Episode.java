package dev.vigil.subscriptions.rule;

import dev.vigil.core.AlertId;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Tier;
import java.time.Instant;
import java.util.Objects;

/**
 * A condition that was raised and has not cleared yet. It stays known when a person resolves its
 * alert early, so that the same episode does not ring again.
 *
 * @param rule id of the rule that raised it
 * @param tier of the clause that raised it
 * @param alert it raised
 * @param device that measured the sample which completed it
 * @param raisedAt event time of that sample
 */
public record Episode(String rule, Tier tier, AlertId alert, DeviceId device, Instant raisedAt) {

  /** Refuses null. */
  public Episode {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(tier, "tier");
    Objects.requireNonNull(alert, "alert");
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(raisedAt, "raisedAt");
  }
}
