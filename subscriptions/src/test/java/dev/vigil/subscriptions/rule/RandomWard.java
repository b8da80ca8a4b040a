package dev.vigil.subscriptions.rule;

import dev.vigil.core.Code;
import dev.vigil.core.DeviceId;
import dev.vigil.core.Metric;
import dev.vigil.core.ObservationId;
import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.ReadingValue;
import dev.vigil.core.SignalQuality;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.subscriptions.LogDriver;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Hours of two hospitals whose patients have the same ids: values come and go, messages are late
 * and overtake each other, samples are flagged, missing, corrected and deleted, and one person is
 * erased.
 */
final class RandomWard {

  static final List<TenantId> TENANTS = List.of(new TenantId("north"), new TenantId("south"));
  static final PatientId ERASED = new PatientId("ward-1");

  private static final List<PatientId> PATIENTS =
      List.of(ERASED, new PatientId("ward-2"), new PatientId("ward-3"));
  private static final int MINUTES = 80;

  /** What is measured, every so many seconds, and its values by how bad it is. */
  private enum Kind {
    SPO2("spo2", "%", 20, "97", "89", "86", "82"),
    HEART_RATE("heart-rate", "/min", 30, "80", "120", "135", "38"),
    PULSE_RATE("pulse-rate", "/min", 60, "82", "112", "136", "34"),
    GLUCOSE("glucose-interstitial", "mg/dL", 300, "110", "75", "66", "50", "260"),
    GLUCOSE_MMOL("glucose-interstitial", "mmol/L", 900, "6.1", "4.2", "3.7", "2.8", "14.5"),
    SYSTOLIC("systolic-pressure", "mm[Hg]", 300, "125", "172", "185", "95"),
    DIASTOLIC("diastolic-pressure", "mm[Hg]", 600, "80", "112", "121", "75"),
    BATTERY("battery-status", null, 1_500, "754113", "754115", "754116"),
    IMPEDANCE("lead-impedance-rv", "Ohm", 700, "500", "800", "2100", "150");

    private final Metric metric;
    private final String unit;
    private final int seconds;
    private final String[] values;

    Kind(String metric, String unit, int seconds, String... values) {
      this.metric = new Metric(metric);
      this.unit = unit;
      this.seconds = seconds;
      this.values = values;
    }

    ReadingValue value(int level) {
      String text = values[level % values.length];
      return unit == null ? new Code(Code.MDC, text) : new Quantity(new BigDecimal(text), unit);
    }
  }

  private record Sent(TenantId tenant, Reading reading) {}

  private final Random random;
  private final List<Consumer<LogDriver>> steps = new ArrayList<>();

  RandomWard(long seed) {
    this.random = new Random(seed);
    List<Sent> all = new ArrayList<>();
    for (TenantId tenant : TENANTS) {
      for (PatientId patient : PATIENTS) {
        for (Kind kind : Kind.values()) {
          signal(all, tenant, patient, kind);
        }
      }
    }
    all.sort(Comparator.comparing(sent -> sent.reading().receivedAt()));
    messages(all);
  }

  /** The commits, one after the other. */
  List<Consumer<LogDriver>> steps() {
    return steps;
  }

  /** A device that says that it measures every 20 minutes; the others say nothing. */
  static Duration interval(DeviceId device, Duration otherwise) {
    return device.value().equals("slow") ? Duration.ofMinutes(20) : otherwise;
  }

  private void signal(List<Sent> all, TenantId tenant, PatientId patient, Kind kind) {
    int level = 0;
    boolean calm = random.nextInt(5) == 0;
    for (int at = random.nextInt(60); at < MINUTES * 60; at += kind.seconds) {
      if (!calm && random.nextInt(Math.max(2, 1_500 / kind.seconds)) == 0) {
        level = random.nextInt(3) == 0 ? 0 : random.nextInt(kind.values.length);
      }
      if (random.nextInt(25) == 0) {
        continue;
      }
      Instant measured = Vector.START.plusSeconds(at);
      boolean slow = kind == Kind.GLUCOSE_MMOL || (kind.seconds >= 300 && random.nextInt(8) == 0);
      all.add(
          new Sent(
              tenant,
              new Reading(
                  new ObservationId("o-" + all.size()),
                  new DeviceId(slow ? "slow" : "first"),
                  patient,
                  kind.metric,
                  kind.value(level),
                  measured,
                  measured.plusSeconds(delay()),
                  random.nextInt(30) == 0 ? Set.of(SignalQuality.QUESTIONABLE) : Set.of())));
    }
  }

  private int delay() {
    return switch (random.nextInt(20)) {
      case 0 -> random.nextInt(2_000);
      case 1, 2 -> random.nextInt(400);
      default -> random.nextInt(10);
    };
  }

  private void messages(List<Sent> all) {
    Map<TenantId, List<Sent>> told = new HashMap<>();
    boolean erased = false;
    for (int from = 0; from < all.size(); ) {
      TenantId tenant = all.get(from).tenant();
      int most = 1 + random.nextInt(12);
      List<Sent> message = new ArrayList<>();
      while (from < all.size() && message.size() < most && all.get(from).tenant().equals(tenant)) {
        message.add(all.get(from++));
      }
      Instant now = message.get(message.size() - 1).reading().receivedAt();
      if (!erased && from > all.size() / 2 && tenant.equals(TENANTS.get(0))) {
        steps.add(on -> on.erase(tenant, ERASED));
        erased = true;
      }
      if (erased && tenant.equals(TENANTS.get(0))) {
        message.removeIf(sent -> sent.reading().patient().equals(ERASED));
      }
      List<Reading> samples = message.stream().map(sent -> at(sent.reading(), now)).toList();
      if (!samples.isEmpty()) {
        steps.add(on -> on.message(tenant, samples));
      }
      List<Sent> before = told.computeIfAbsent(tenant, unseen -> new ArrayList<>());
      if (erased && tenant.equals(TENANTS.get(0))) {
        before.removeIf(sent -> sent.reading().patient().equals(ERASED));
      }
      change(tenant, before, now);
      samples.forEach(sample -> before.add(new Sent(tenant, sample)));
      if (random.nextInt(150) == 0) {
        steps.add(
            on ->
                on.write(
                    tenant,
                    List.of(
                        new ResourceChange(
                            "PlanDefinition", "some", 2, ResourceChange.Action.UPDATED))));
      }
    }
  }

  /** Corrects or deletes one of those told lately. */
  private void change(TenantId tenant, List<Sent> before, Instant now) {
    if (before.isEmpty() || random.nextInt(6) != 0) {
      return;
    }
    int index = before.size() - 1 - random.nextInt(Math.min(40, before.size()));
    Reading old = before.get(index).reading();
    if (random.nextInt(3) == 0) {
      before.remove(index);
      steps.add(on -> on.takeBack(tenant, old.observation()));
      return;
    }
    Kind kind =
        List.of(Kind.values()).stream()
            .filter(one -> one.metric.equals(old.metric()))
            .filter(one -> !(old.value() instanceof Quantity q) || q.unit().equals(one.unit))
            .findFirst()
            .orElseThrow();
    Reading corrected =
        new Reading(
            old.observation(),
            old.device(),
            old.patient(),
            old.metric(),
            kind.value(random.nextInt(kind.values.length)),
            random.nextInt(4) == 0 ? old.measuredAt().minusSeconds(45) : old.measuredAt(),
            now,
            Set.of());
    before.set(index, new Sent(tenant, corrected));
    steps.add(on -> on.message(tenant, List.of(corrected)));
  }

  private static Reading at(Reading reading, Instant received) {
    return new Reading(
        reading.observation(),
        reading.device(),
        reading.patient(),
        reading.metric(),
        reading.value(),
        reading.measuredAt(),
        received,
        reading.quality());
  }
}
