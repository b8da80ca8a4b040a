package dev.vigil.simulator.ward;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A course that one signal of a patient takes for a while instead of its usual one.
 *
 * @param start moment of the first point
 * @param points in the order of time, joined by straight lines; the first and the last are usually
 *     at the patient's own level
 */
record Episode(Signal signal, Instant start, List<Point> points) {

  /**
   * @param value in the signal's unit; NaN for the patient's own level at that moment
   */
  record Point(Duration after, double value) {

    static Point at(Duration after, double value) {
      return new Point(after, value);
    }

    static Point usual(Duration after) {
      return new Point(after, Double.NaN);
    }

    private double or(double usual) {
      return Double.isNaN(value) ? usual : value;
    }
  }

  Episode {
    points = List.copyOf(points);
  }

  boolean covers(Instant moment) {
    return !moment.isBefore(start)
        && !moment.isAfter(start.plus(points.get(points.size() - 1).after()));
  }

  /**
   * @param usual what the patient would show without the episode
   */
  double at(Instant moment, double usual) {
    double seconds = Duration.between(start, moment).toMillis() / 1000.0;
    for (int i = 1; i < points.size(); i++) {
      Point from = points.get(i - 1);
      Point to = points.get(i);
      double end = to.after().toSeconds();
      if (seconds <= end) {
        double begin = from.after().toSeconds();
        double weight = (seconds - begin) / (end - begin);
        return from.or(usual) * (1 - weight) + to.or(usual) * weight;
      }
    }
    return usual;
  }
}
