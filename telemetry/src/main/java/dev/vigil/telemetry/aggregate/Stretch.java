package dev.vigil.telemetry.aggregate;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;

/**
 * A signal for some time.
 *
 * @param from inclusive
 * @param before exclusive
 */
record Stretch(Signal signal, Instant from, Instant before) {

  /**
   * A table of stretches to join with, in their order: {@code tenant_id, patient_id, metric,
   * from_at, before_at, n}, n from 1.
   */
  static final String TABLE =
      """
      unnest(cast(:tenants as text[]), cast(:patients as text[]), cast(:metrics as text[]),
        cast(:froms as timestamptz[]), cast(:befores as timestamptz[])) with ordinality
        as wanted (tenant_id, patient_id, metric, from_at, before_at, n)
      """;

  /** The parameters of {@link #TABLE}. */
  static MapSqlParameterSource parameters(List<Stretch> stretches) {
    return new MapSqlParameterSource()
        .addValue("tenants", column(stretches, s -> s.signal().tenant().value()))
        .addValue("patients", column(stretches, s -> s.signal().patient().value()))
        .addValue("metrics", column(stretches, s -> s.signal().metric().id()))
        .addValue("froms", column(stretches, s -> s.from().toString()))
        .addValue("befores", column(stretches, s -> s.before().toString()));
  }

  private static String[] column(List<Stretch> stretches, Function<Stretch, String> cell) {
    return stretches.stream().map(cell).toArray(String[]::new);
  }
}
