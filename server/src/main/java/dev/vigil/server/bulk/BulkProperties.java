package dev.vigil.server.bulk;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Bulk work.
 *
 * @param jobs how many exports and imports run at once
 * @param jobsOfClient how many that have not ended a client may have
 * @param kept how long the files of an ended job stay
 * @param linesOfFile most resources in a file
 * @param streams how many {@code $ingest} requests are taken at once
 */
@Validated
@ConfigurationProperties("vigil.bulk")
public record BulkProperties(
    @DefaultValue("2") @Min(1) @Max(32) int jobs,
    @DefaultValue("10") @Min(1) int jobsOfClient,
    @DefaultValue("24h") Duration kept,
    @DefaultValue("250000") @Min(1) int linesOfFile,
    @DefaultValue("2") @Min(1) @Max(32) int streams) {}
