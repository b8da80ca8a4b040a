package dev.vigil.bench.store;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A row of the table, and its target where there is one. */
enum Row {
  TRANSACTION_100(Better.MORE, "transactions of 100, Observations/s", "50x default, 30x tuned"),
  TRANSACTION_1000(Better.MORE, "transactions of 1,000, Observations/s", "50x default, 30x tuned"),
  SINGLE(Better.MORE, "single POST, Observations/s", "8x"),
  NEWEST(Better.LESS, "subject + code, newest 100", "3 / 8 ms"),
  IDENTIFIER(Better.LESS, "by identifier", "3 / 8 ms"),
  DATE(Better.LESS, "subject + 30 s of time", "3 / 8 ms"),
  COUNT(Better.LESS, "count of subject + code", "3 / 8 ms"),
  READ(Better.LESS, "read by id", "3 / 8 ms"),
  LASTN(Better.LESS, "$lastn, 3 of each vital sign", "3 / 8 ms"),
  SIZE(Better.LESS, "bytes in the database per Observation", "200"),
  WAL(Better.LESS, "write-ahead log per Observation, bytes", "300"),
  READBACK(Better.MORE, "of 1,000 random readings, read back as sent", "1,000");

  /** Which of two figures is the better one. */
  enum Better {
    MORE,
    LESS
  }

  private final Better better;
  private final String title;
  private final String target;

  Row(Better better, String title, String target) {
    this.better = better;
    this.title = title;
    this.target = target;
  }

  /** As {@code --only} takes it. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String title() {
    return title;
  }

  String target() {
    return target;
  }

  boolean search() {
    return compareTo(NEWEST) >= 0 && compareTo(LASTN) <= 0;
  }

  /** How many times better ours is. */
  double ratio(double ours, double theirs) {
    return better == Better.MORE ? ours / theirs : theirs / ours;
  }

  static Optional<Row> of(String id) {
    return Arrays.stream(values()).filter(row -> row.id().equals(id)).findFirst();
  }
}
