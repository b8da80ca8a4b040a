package dev.vigil.server.telemetry;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who else knows the heads of the log.
 *
 * @param file of the witness; empty for {@code witness/heads.log} in the data folder
 * @param interval how often the head is signed and published, if there are new events
 */
@ConfigurationProperties("vigil.witness")
public record WitnessProperties(
    @DefaultValue("") String file, @DefaultValue("10s") Duration interval) {

  /**
   * The file.
   *
   * @param file as it was set; empty or null for the one in the data folder
   */
  public static Path file(String file, Path data) {
    return file == null || file.isBlank()
        ? data.resolve("witness").resolve("heads.log")
        : Path.of(file);
  }
}
