package dev.vigil.bench.load;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Readings of some patients without end, ten patients at a time as a gateway of a ward would send
 * them. For one thread.
 */
public final class ReadingStream {

  /** System of the identifiers. */
  public static final String IDENTIFIER_SYSTEM =
      "http://hl7.org/fhir/uv/phd/StructureDefinition/PhdBaseObservation";

  private static final byte[] BEGIN =
      ascii("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
  private static final byte[] ENTRY = ascii("{\"resource\":");
  private static final byte[] REQUEST =
      ascii(",\"request\":{\"method\":\"POST\",\"url\":\"Observation\"");
  private static final byte[] CONDITION =
      ascii(",\"ifNoneExist\":\"identifier=" + IDENTIFIER_SYSTEM + "|");

  private final List<SourceOfReadings> sources;
  private final Clock clock;
  private final boolean conditional;
  private final long oldestMillis;
  private final JsonBytes out = new JsonBytes();
  private int[] begins = new int[0];
  private int[] ends = new int[0];
  private int next;

  ReadingStream(List<SourceOfReadings> sources, Clock clock, boolean conditional, Duration oldest) {
    this.sources = new ArrayList<>(sources);
    this.clock = clock;
    this.conditional = conditional;
    this.oldestMillis = oldest.toMillis();
  }

  /**
   * Makes the next transaction.
   *
   * @return its length in {@link #buffer()}
   */
  public int bundle(int size) {
    if (begins.length < size) {
      begins = new int[size];
      ends = new int[size];
    }
    out.clear();
    out.text(BEGIN);
    for (int i = 0; i < size; i++) {
      if (i > 0) {
        out.text(",");
      }
      out.text(ENTRY);
      int identifier = observation(i);
      out.text(REQUEST);
      if (conditional && identifier >= 0) {
        byte[] value = identifierAt(identifier);
        out.text(CONDITION).text(value).text("\"");
      }
      out.text("}}");
    }
    out.text("]}");
    return out.length();
  }

  /**
   * Makes the next Observation alone.
   *
   * @return its length in {@link #buffer()}
   */
  public int single() {
    if (begins.length == 0) {
      begins = new int[1];
      ends = new int[1];
    }
    out.clear();
    observation(0);
    return out.length();
  }

  /** What was made last; valid until the next call. */
  public byte[] buffer() {
    return out.buffer();
  }

  /** One Observation of what was made last. */
  public byte[] observationAt(int index) {
    return out.copy(begins[index], ends[index]);
  }

  private int observation(int index) {
    SourceOfReadings source = sources.get(next);
    next = (next + 1) % sources.size();
    long now = clock.millis();
    begins[index] = out.length();
    int identifier = source.write(out, source.next(now - oldestMillis, now));
    ends[index] = out.length();
    return identifier;
  }

  private byte[] identifierAt(int from) {
    byte[] bytes = out.buffer();
    int to = from;
    while (bytes[to] != '"') {
      to++;
    }
    return out.copy(from, to);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
