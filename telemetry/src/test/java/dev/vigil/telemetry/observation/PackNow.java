package dev.vigil.telemetry.observation;

import dev.vigil.telemetry.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** Packs every week at once, however new and small it is, for tests of other packages. */
public final class PackNow {

  private static final Clock LATER =
      Clock.fixed(Instant.parse("2060-01-01T00:00:00Z"), ZoneOffset.UTC);

  private PackNow() {}

  /**
   * Nobody else may be at work.
   *
   * @return how many Observations lie in blocks then
   */
  public static long pack(TestDatabase database) {
    new WeekPacking(
            database.dataSource(),
            database.transactions(),
            LATER,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            1)
        .run(() -> false);
    return database
        .jdbc()
        .sql("select coalesce(sum(rows), 0) from telemetry.observation_block")
        .query(Long.class)
        .single();
  }
}
