package dev.vigil.telemetry.observation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;

/**
 * A row of {@code telemetry.observation} on its way into a block. Moments are microseconds since
 * 2000.
 *
 * @param effective null for none
 * @param beside whether other tables have rows about it
 */
record BlockRow(
    long place,
    Long effective,
    long updated,
    long sequence,
    Double value,
    Long identifier,
    Integer patient,
    Integer device,
    int shape,
    int version,
    int tenant,
    String rare,
    byte[] leaves,
    boolean beside) {

  /** Rows that may share a block follow each other. */
  static final String SELECT =
      """
      select place, extract(epoch from effective_from - timestamptz '2000-01-01 00:00:00Z') * 1000000
          as effective,
        isfinite(effective_from) as finite,
        (extract(epoch from updated_at - timestamptz '2000-01-01 00:00:00Z') * 1000000)::bigint
          as updated,
        sequence, value, identifier, patient, device, shape_id, version, tenant, rare, leaves,
        exists (select from telemetry.observation_entry as entry
          where entry.tenant = observation.tenant and entry.place = observation.place)
        or exists (select from telemetry.observation_link as link
          where link.tenant = observation.tenant and link.place = observation.place) as beside
      from telemetry.observation
      where %s
      order by tenant, patient, device, shape_id, octet_length(leaves), identifier is null,
        value is null, effective_from is null, place
      """;

  private static final double[] POWERS = new double[10];
  private static final double MOST_DIGITS = 1e15;

  /** Of a row, years from 1900 to 2100 are enough for moments that the row has twice. */
  private static final long MOST_MICROS = 100L * 366 * 24 * 60 * 60 * 1_000_000;

  static {
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = Math.pow(10, i);
    }
  }

  static BlockRow read(ResultSet row) throws SQLException {
    Long effective = null;
    if (row.getObject("finite") != null) {
      effective =
          row.getBoolean("finite")
              ? row.getBigDecimal("effective").longValueExact()
              : (Long) Long.MAX_VALUE;
    }
    return new BlockRow(
        row.getLong("place"),
        effective,
        row.getLong("updated"),
        row.getLong("sequence"),
        row.getObject("value", Double.class),
        row.getObject("identifier", Long.class),
        row.getObject("patient", Integer.class),
        row.getObject("device", Integer.class),
        row.getInt("shape_id"),
        row.getInt("version"),
        row.getInt("tenant"),
        row.getString("rare"),
        row.getBytes("leaves"),
        row.getBoolean("beside"));
  }

  /** Whether a block can hold it: a version after the first, a period, and what moved stay rows. */
  boolean packable() {
    return version == 1
        && !beside
        && (rare.isEmpty() || rare.startsWith("||"))
        && (effective == null
            || Math.abs(effective) < MOST_MICROS && week(effective) == place >>> 42)
        && Math.abs(updated) < MOST_MICROS
        && decimals() >= 0;
  }

  private static int week(long micros) {
    return Week.of(TimeColumn.instant(micros));
  }

  /** How many its value needs; 0 for no value, negative if it cannot be told so. */
  int decimals() {
    if (value == null) {
      return 0;
    }
    for (int decimals = 0; decimals < POWERS.length; decimals++) {
      double digits = Math.rint(value * POWERS[decimals]);
      if (Math.abs(digits) < MOST_DIGITS
          && Double.doubleToLongBits(digits / POWERS[decimals]) == Double.doubleToLongBits(value)) {
        return decimals;
      }
    }
    return -1;
  }

  /** The value as a whole number with so many decimals, or null if they are too many for it. */
  Long digits(int decimals) {
    double digits = Math.rint(value * POWERS[decimals]);
    return Math.abs(digits) < MOST_DIGITS
            && Double.doubleToLongBits(digits / POWERS[decimals]) == Double.doubleToLongBits(value)
        ? (Long) (long) digits
        : null;
  }

  /** Whether it may follow the other in a block. */
  boolean joins(BlockRow other) {
    return tenant == other.tenant
        && shape == other.shape
        && Objects.equals(patient, other.patient)
        && Objects.equals(device, other.device)
        && leaves.length == other.leaves.length
        && (identifier == null) == (other.identifier == null)
        && (value == null) == (other.value == null)
        && (effective == null) == (other.effective == null);
  }
}
