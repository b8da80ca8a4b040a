package dev.vigil.server.intake.fast;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The short way of new Observations.
 *
 * @param enabled whether there is one; without it all takes the usual way through HAPI
 * @param queue most Observations that wait for a commit; beyond it requests are answered 503, and
 *     429 to a client that has half of them waiting
 * @param group most Observations of one commit
 * @param patience how long a request waits for its commit to begin before it is answered 503
 */
@Validated
@ConfigurationProperties("vigil.intake")
record FastIntakeProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("20000") @Min(1) int queue,
    @DefaultValue("2000") @Min(1) int group,
    @DefaultValue("10s") Duration patience) {}
