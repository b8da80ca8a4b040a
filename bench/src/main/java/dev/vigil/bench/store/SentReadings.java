package dev.vigil.bench.store;

import dev.vigil.bench.load.ReadingStream;
import dev.vigil.bench.load.Senders;
import dev.vigil.bench.system.FhirDoor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A random thousand of what was sent, each with the id that the server gave it. */
final class SentReadings implements Senders.Sample {

  static final int KEPT = 1_000;

  private static final int ONE_OF = 5;
  private static final Pattern LOCATION =
      Pattern.compile("\"location\":\\s*\"(?:[^\"]*/)?Observation/([A-Za-z0-9\\-.]{1,64})");
  private static final Pattern IDENTIFIER =
      Pattern.compile("\"identifier\":\\[\\{\"system\":\"([^\"]+)\",\"value\":\"([^\"]+)\"");

  private final List<Sent> kept = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(20_261_127L);
  private long offered;

  /**
   * A reading and where the server put it.
   *
   * @param body as it was sent
   */
  record Sent(String id, byte[] body) {

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** {@code system|value}, or null if it was sent without. */
    String identifier() {
      Matcher matcher = IDENTIFIER.matcher(text());
      return matcher.find() ? matcher.group(1) + "|" + matcher.group(2) : null;
    }
  }

  /** Offers one entry of five of a transaction that was confirmed. */
  @Override
  public synchronized void offer(ReadingStream stream, int size, FhirDoor.Answer answer) {
    List<String> ids = null;
    for (int i = 0; i < Math.max(1, size / ONE_OF); i++) {
      offered++;
      int place = kept.size() < KEPT ? kept.size() : (int) random.nextLong(offered);
      if (place < KEPT) {
        ids = ids == null ? ids(answer) : ids;
        int entry = random.nextInt(size);
        Sent sent = new Sent(ids.get(entry), stream.observationAt(entry));
        if (place == kept.size()) {
          kept.add(sent);
        } else {
          kept.set(place, sent);
        }
      }
    }
  }

  private static List<String> ids(FhirDoor.Answer answer) {
    List<String> ids = new ArrayList<>();
    Matcher matcher = LOCATION.matcher(new String(answer.body(), StandardCharsets.UTF_8));
    while (matcher.find()) {
      ids.add(matcher.group(1));
    }
    return ids;
  }

  /** What is kept. */
  synchronized List<Sent> all() {
    return List.copyOf(kept);
  }
}
