package dev.vigil.simulator.ward;

import static dev.vigil.simulator.ward.Episode.Point.at;
import static dev.vigil.simulator.ward.Episode.Point.usual;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happens on a ward, from a moment on: a desaturation (OXY-01) and a hypoglycaemia (GLU-01)
 * that both complete within two minutes, then an episode every ten minutes for a week; each
 * recovers. One monitor falls silent from the fifth to the twenty-fifth minute of every two hours.
 * A pacemaker's battery asks for replacement after half an hour, which its next interrogation tells
 * (PM-01).
 */
public final class Scenario {

  /** Value of 721280 in a healthy interrogation (MDC_IDC: beginning of service). */
  static final String BEGINNING_OF_SERVICE = "754113";

  /** Value of 721280 when a replacement is due (MDC_IDC: recommended replacement time). */
  static final String REPLACEMENT_DUE = "754115";

  private static final Duration BETWEEN_EPISODES = Duration.ofMinutes(10);
  private static final int EPISODES = 7 * 24 * 6;
  private static final Duration HYPOGLYCAEMIA_LEAD = Duration.ofMinutes(60);
  private static final Duration BATTERY_TURNS = Duration.ofMinutes(30);

  private final Instant start;
  private final Map<WardPatient, List<Episode>> episodes = new HashMap<>();
  private final WardPatient silent;
  private final WardPatient worn;

  private Scenario(Instant start, WardPatient silent, WardPatient worn) {
    this.start = start.truncatedTo(ChronoUnit.SECONDS);
    this.silent = silent;
    this.worn = worn;
  }

  /** The whole story, for a ward with at least two patients of each kind. */
  public static Scenario eventful(Ward ward, Instant start) {
    List<WardPatient> oxygen = ward.of(PatientKind.OXYGEN);
    List<WardPatient> glucose = ward.of(PatientKind.GLUCOSE);
    List<WardPatient> vitals = ward.of(PatientKind.VITALS);
    List<WardPatient> pacemaker = ward.of(PatientKind.PACEMAKER);
    Scenario scenario =
        new Scenario(start, vitals.get(vitals.size() - 1), pacemaker.get(pacemaker.size() / 2));
    List<WardPatient> monitored = vitals.subList(0, vitals.size() - 1);
    scenario.desaturation(oxygen.get(0), scenario.start);
    WardPatient first = glucose.get(0);
    scenario.hypoglycaemia(
        first, scenario.first(first, Measurement.GLUCOSE).minus(HYPOGLYCAEMIA_LEAD));
    for (int n = 1; n <= EPISODES; n++) {
      Instant then = scenario.start.plus(BETWEEN_EPISODES.multipliedBy(n));
      int round = n / 6;
      switch (n % 6) {
        case 2 -> scenario.tachycardia(monitored.get(round % monitored.size()), then);
        case 4 -> scenario.hypoglycaemia(glucose.get((round + 1) % glucose.size()), then);
        case 5 -> scenario.crisis(monitored.get((round + 1) % monitored.size()), then);
        default -> scenario.desaturation(oxygen.get(n % oxygen.size()), then);
      }
    }
    return scenario;
  }

  /** Nothing happens. */
  public static Scenario calm(Instant start) {
    return new Scenario(start, null, null);
  }

  /** To the second. */
  public Instant start() {
    return start;
  }

  /** The first moment at or after the start at which a patient's device measures. */
  public Instant first(WardPatient patient, Measurement measurement) {
    long period = Math.min(30, measurement.interval().toSeconds());
    return start.plusSeconds(patient.number() * 7L % period);
  }

  /**
   * Moments at which a device measures, before the start as well.
   *
   * @param after exclusive
   * @param upTo inclusive
   */
  public List<Instant> due(
      WardPatient patient, Measurement measurement, Instant after, Instant upTo) {
    Instant first = first(patient, measurement);
    long interval = measurement.interval().toMillis();
    long step = Math.floorDiv(after.toEpochMilli() - first.toEpochMilli(), interval) + 1;
    List<Instant> moments = new ArrayList<>();
    for (Instant moment = first.plusMillis(step * interval);
        !moment.isAfter(upTo);
        moment = moment.plusMillis(interval)) {
      if (!silent(patient, moment)) {
        moments.add(moment);
      }
    }
    return moments;
  }

  /** What a device shows, with the digits that it shows. */
  public BigDecimal value(WardPatient patient, Signal signal, Instant moment) {
    double value = new Physiology(patient).at(signal, moment);
    for (Episode episode : episodes.getOrDefault(patient, List.of())) {
      if (episode.signal() == signal && episode.covers(moment)) {
        value = episode.at(moment, value);
      }
    }
    if (worn(patient, moment)) {
      value =
          switch (signal) {
            case BATTERY_VOLTAGE -> 2.61;
            case BATTERY_LONGEVITY -> 4;
            case BATTERY_REMAINING -> 6;
            default -> value;
          };
    }
    return BigDecimal.valueOf(value).setScale(signal.decimals(), RoundingMode.HALF_UP);
  }

  /** Value of 721280 in an interrogation. */
  String batteryStatus(WardPatient patient, Instant moment) {
    return worn(patient, moment) ? REPLACEMENT_DUE : BEGINNING_OF_SERVICE;
  }

  private boolean worn(WardPatient patient, Instant moment) {
    return patient.equals(worn) && !moment.isBefore(start.plus(BATTERY_TURNS));
  }

  private boolean silent(WardPatient patient, Instant moment) {
    if (!patient.equals(silent) || moment.isBefore(start)) {
      return false;
    }
    long minute = Duration.between(start, moment).toMinutes() % 120;
    return minute >= 5 && minute < 25;
  }

  /** SpO2 below 85 % from the 15th to the 190th second; the pulse rises with it. */
  private void desaturation(WardPatient patient, Instant from) {
    add(
        patient,
        new Episode(
            Signal.SPO2,
            from,
            List.of(
                usual(seconds(0)),
                at(seconds(8), 86),
                at(seconds(15), 83),
                at(seconds(90), 80),
                at(seconds(180), 82),
                at(seconds(210), 88),
                at(seconds(240), 91),
                usual(seconds(300)))));
    add(
        patient,
        new Episode(
            Signal.PULSE_RATE,
            from,
            List.of(
                usual(seconds(0)),
                at(seconds(60), 108),
                at(seconds(180), 110),
                usual(seconds(330)))));
  }

  /**
   * Below 54 mg/dL from the 45th to the 66th minute: with samples every 5 minutes on the hour of
   * the start, exactly 15 minutes are complete with the sample of the 60th.
   */
  private void hypoglycaemia(WardPatient patient, Instant from) {
    add(
        patient,
        new Episode(
            Signal.GLUCOSE,
            from,
            List.of(
                usual(minutes(0)),
                at(minutes(20), 120),
                at(minutes(30), 103),
                at(minutes(35), 92),
                at(minutes(40), 74),
                at(minutes(45), 52),
                at(minutes(50), 49),
                at(minutes(55), 47),
                at(minutes(60), 46),
                at(minutes(65), 49),
                at(minutes(70), 64),
                at(minutes(75), 80),
                at(minutes(80), 93),
                usual(minutes(110)))));
  }

  /** Heart rate above 130/min from the 57th second to the eighth minute. */
  private void tachycardia(WardPatient patient, Instant from) {
    add(
        patient,
        new Episode(
            Signal.HEART_RATE,
            from,
            List.of(
                usual(seconds(0)),
                at(seconds(60), 136),
                at(seconds(240), 142),
                at(seconds(460), 136),
                at(seconds(560), 108),
                usual(seconds(900)))));
  }

  /** Blood pressure at or above 180/120 mm[Hg] from the fourth to the eighteenth minute. */
  private void crisis(WardPatient patient, Instant from) {
    pressure(patient, Signal.SYSTOLIC, from, 186, 192);
    pressure(patient, Signal.DIASTOLIC, from, 108, 112);
    pressure(patient, Signal.MEAN_PRESSURE, from, 134, 139);
  }

  private void pressure(WardPatient patient, Signal signal, Instant from, double high, double top) {
    add(
        patient,
        new Episode(
            signal,
            from,
            List.of(
                usual(minutes(0)),
                at(minutes(4), high),
                at(minutes(12), top),
                at(minutes(18), high),
                usual(minutes(24)))));
  }

  private void add(WardPatient patient, Episode episode) {
    episodes.computeIfAbsent(patient, none -> new ArrayList<>()).add(episode);
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static Duration minutes(int minutes) {
    return Duration.ofMinutes(minutes);
  }
}
