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
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A test vector as the files under {@code vectors/} spell it: samples, what is known about the
 * patient, and the decisions expected of them.
 */
record Vector(
    String title,
    List<Reading> samples,
    Map<String, PatientContext.Answer> context,
    Map<String, Duration> intervals,
    List<Instant> restarts,
    List<String> expected) {

  static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  static final PatientId PATIENT = new PatientId("ward-1");

  private static final Pattern SAMPLE =
      Pattern.compile(
          "(?<from>\\w+)(\\.\\.(?<to>\\w+)/(?<step>\\w+))?=(?<value>[\\d.]+)"
              + "(~(?<flag>\\w+))?(\\+(?<delay>\\w+))?(#(?<device>\\w+))?");
  private static final Pattern TIME_PART = Pattern.compile("(\\d+)([dhms])");

  /** All vectors of a rule; fails if it has none. */
  static List<Vector> of(String rule) {
    String name = "/vectors/" + rule + ".txt";
    try (InputStream file = Vector.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new AssertionError("a rule without vectors: " + rule);
      }
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      List<Vector> vectors = new ArrayList<>();
      for (String block : text.split("(?m)^== ")) {
        if (!block.isBlank() && !block.startsWith("#")) {
          vectors.add(parse(block.strip().split("\n")));
        }
      }
      return vectors;
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  /** The samples in messages: those that arrive at one moment come together, in that order. */
  Collection<List<Reading>> messages() {
    Map<Instant, List<Reading>> messages = new TreeMap<>();
    samples.stream()
        .sorted(Comparator.comparing(Reading::measuredAt))
        .forEach(
            sample ->
                messages
                    .computeIfAbsent(sample.receivedAt(), unseen -> new ArrayList<>())
                    .add(sample));
    return messages.values();
  }

  PatientContext patientContext() {
    return (tenant, patient, question, moment) ->
        context.getOrDefault(question, PatientContext.Answer.UNKNOWN);
  }

  SamplingIntervals samplingIntervals() {
    return (tenant, device, metric, otherwise) -> intervals.getOrDefault(device.value(), otherwise);
  }

  /** A moment as the files spell it. */
  static String spell(Instant moment) {
    long seconds = Duration.between(START, moment).getSeconds();
    StringBuilder text = new StringBuilder();
    long[] sizes = {86_400, 3_600, 60, 1};
    for (int i = 0; i < sizes.length; i++) {
      if (seconds >= sizes[i]) {
        text.append(seconds / sizes[i]).append("dhms".charAt(i));
        seconds %= sizes[i];
      }
    }
    return text.isEmpty() ? "0m" : text.toString();
  }

  @Override
  public String toString() {
    return title;
  }

  private static Vector parse(String[] lines) {
    List<Reading> samples = new ArrayList<>();
    Map<String, PatientContext.Answer> context = new HashMap<>();
    List<Instant> restarts = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    Map<String, Duration> intervals = new HashMap<>();
    boolean nothing = false;
    for (int i = 1; i < lines.length; i++) {
      String[] words = lines[i].strip().split("\\s+");
      switch (words[0]) {
        case "context" ->
            context.put(words[1], PatientContext.Answer.valueOf(words[2].toUpperCase(Locale.ROOT)));
        case "interval" ->
            intervals.put(words.length > 2 ? words[2].substring(1) : "first", time(words[1]));
        case "restart" -> restarts.add(START.plus(time(words[2])));
        case "raised", "cleared" -> expected.add(String.join(" ", words));
        case "expect" ->
            expected.add(String.join(" ", Arrays.asList(words).subList(1, words.length)));
        case "nothing" -> nothing = true;
        default -> samples(words, samples);
      }
    }
    if (samples.isEmpty() || nothing != expected.isEmpty()) {
      throw new AssertionError("not a vector: " + lines[0]);
    }
    return new Vector(lines[0], samples, context, intervals, restarts, expected);
  }

  private static void samples(String[] words, List<Reading> samples) {
    for (int i = 2; i < words.length; i++) {
      Matcher sample = SAMPLE.matcher(words[i]);
      if (!sample.matches()) {
        throw new AssertionError("not a sample: " + words[i]);
      }
      Duration from = time(sample.group("from"));
      Duration to = sample.group("to") == null ? from : time(sample.group("to"));
      Duration step =
          sample.group("step") == null ? Duration.ofDays(1) : time(sample.group("step"));
      for (Duration at = from; at.compareTo(to) <= 0; at = at.plus(step)) {
        samples.add(sample(words[0], words[1], at, sample, samples.size()));
      }
    }
  }

  private static Reading sample(
      String metric, String unit, Duration at, Matcher sample, int number) {
    String text = sample.group("value");
    ReadingValue value =
        unit.equals("code") ? new Code(Code.MDC, text) : new Quantity(new BigDecimal(text), unit);
    String flag = sample.group("flag");
    Duration delay = sample.group("delay") == null ? Duration.ZERO : time(sample.group("delay"));
    String device = sample.group("device") == null ? "first" : sample.group("device");
    return new Reading(
        new ObservationId("o-" + metric + "-" + number),
        new DeviceId(device),
        PATIENT,
        new Metric(metric),
        value,
        START.plus(at),
        "future".equals(flag) ? START.plus(at).minusSeconds(600) : START.plus(at).plus(delay),
        flag == null ? Set.of() : Set.of(SignalQuality.valueOf(flag.toUpperCase(Locale.ROOT))));
  }

  private static Duration time(String text) {
    Duration time = Duration.ZERO;
    Matcher part = TIME_PART.matcher(text);
    while (part.find()) {
      long number = Long.parseLong(part.group(1));
      time =
          switch (part.group(2)) {
            case "d" -> time.plusDays(number);
            case "h" -> time.plusHours(number);
            case "m" -> time.plusMinutes(number);
            default -> time.plusSeconds(number);
          };
    }
    return time;
  }
}
