package dev.vigil.bench.store;

import dev.vigil.bench.load.Cohort;
import dev.vigil.bench.load.Latencies;
import dev.vigil.bench.system.FhirDoor;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One reader, one question after another, each about another patient or reading. */
final class SearchPhase {

  private static final List<String> CODES = List.of("147842", "150456", "149530", "151562");
  private static final Pattern TIME =
      Pattern.compile("\"(?:effectiveDateTime|effectiveInstant|end)\":\"([^\"]+)\"");
  private static final Duration WINDOW = Duration.ofSeconds(15);
  private static final int WARM_UP = 20;

  private final FhirDoor door;
  private final Cohort cohort;
  private final List<SentReadings.Sent> sent;
  private final List<SentReadings.Sent> identified;
  private final SplittableRandom random = new SplittableRandom(7);

  /**
   * What was found.
   *
   * @param failures answers that were refused or had nothing in them
   */
  record Searched(Latencies answers, int failures) {}

  SearchPhase(FhirDoor door, Cohort cohort, List<SentReadings.Sent> sent) {
    this.door = door;
    this.cohort = cohort;
    this.sent = sent;
    this.identified = sent.stream().filter(reading -> reading.identifier() != null).toList();
  }

  /** Asks for some time; the first questions are not counted. */
  Searched run(Row row, Duration within) {
    for (int i = 0; i < WARM_UP; i++) {
      ask(row);
    }
    long[] answers = new long[1 << 10];
    int count = 0;
    int failures = 0;
    long end = System.nanoTime() + within.toNanos();
    while (System.nanoTime() < end) {
      String path = path(row);
      long before = System.nanoTime();
      FhirDoor.Answer answer = door.get(path);
      long took = System.nanoTime() - before;
      if (!holds(row, answer)) {
        failures++;
      }
      answers = count == answers.length ? Arrays.copyOf(answers, count * 2) : answers;
      answers[count++] = took;
    }
    return new Searched(Latencies.of(Arrays.copyOf(answers, count)), failures);
  }

  private void ask(Row row) {
    door.get(path(row));
  }

  private static boolean holds(Row row, FhirDoor.Answer answer) {
    if (answer.status() != 200) {
      return false;
    }
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    return switch (row) {
      case READ -> text.startsWith("{\"resourceType\":\"Observation\"");
      case COUNT -> !text.contains("\"total\":0");
      default -> text.contains("\"resource\"");
    };
  }

  private String path(Row row) {
    return switch (row) {
      case NEWEST ->
          search("patient", subject(), "code", code(), "_sort", "-date", "_count", "100");
      case IDENTIFIER -> search("identifier", any(identified).identifier());
      case DATE -> around(any(sent));
      case COUNT -> search("patient", subject(), "code", code(), "_summary", "count");
      case READ -> "/Observation/" + any(sent).id();
      case LASTN ->
          "/Observation/$lastn?patient=" + subject() + "&category=vital-signs&max=3&_count=50";
      default -> throw new IllegalArgumentException(row + " is no search");
    };
  }

  private String around(SentReadings.Sent reading) {
    Matcher time = TIME.matcher(reading.text());
    Matcher subject =
        Pattern.compile("\"subject\":\\{\"reference\":\"([^\"]+)\"").matcher(reading.text());
    if (!time.find() || !subject.find()) {
      throw new IllegalStateException("a reading of the load has a time and a subject");
    }
    Instant moment = java.time.OffsetDateTime.parse(time.group(1)).toInstant();
    return search(
        "patient",
        subject.group(1),
        "date",
        "ge" + moment.minus(WINDOW),
        "date",
        "lt" + moment.plus(WINDOW),
        "_count",
        "100");
  }

  private String subject() {
    return cohort.subject(random.nextInt(cohort.size()));
  }

  private String code() {
    return "urn:iso:std:iso:11073:10101|" + any(CODES);
  }

  private <T> T any(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  private static String search(String... namesAndValues) {
    StringBuilder path = new StringBuilder("/Observation?");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      path.append(i == 0 ? "" : "&").append(namesAndValues[i]).append('=');
      path.append(URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
    }
    return path.toString();
  }
}
