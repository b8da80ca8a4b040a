package dev.vigil.bench.load;

import dev.vigil.bench.system.FhirDoor;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Some senders, each posting its next bundle when the last was answered. Only what the server
 * confirmed entry by entry counts.
 */
public final class Senders {

  /** Size of a bundle that stands for POSTs of one. */
  public static final int SINGLE = 1;

  private static final byte[] CREATED = "\"201 Created".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FOUND = "\"200 OK".getBytes(StandardCharsets.US_ASCII);

  private final FhirDoor door;
  private final List<ReadingStream> streams;
  private final Sample sample;

  /** Is shown each transaction that was confirmed as a whole. */
  public interface Sample {

    /**
     * Looks at what the stream made last.
     *
     * @param size Observations in it
     * @param answer of the server
     */
    void offer(ReadingStream stream, int size, FhirDoor.Answer answer);
  }

  /**
   * What happened.
   *
   * @param confirmed Observations
   * @param seconds from the first POST to the last answer
   * @param answers how long each took
   * @param failures answers that were not as they should be
   */
  public record Written(long confirmed, double seconds, Latencies answers, long failures) {

    /** Confirmed Observations a second. */
    public double perSecond() {
      return confirmed / seconds;
    }
  }

  /**
   * @param streams one for each sender
   */
  public Senders(FhirDoor door, List<ReadingStream> streams) {
    this(door, streams, (stream, size, answer) -> {});
  }

  /**
   * Senders that show what they sent.
   *
   * @param streams one for each sender
   */
  public Senders(FhirDoor door, List<ReadingStream> streams, Sample sample) {
    this.door = door;
    this.streams = streams;
    this.sample = sample;
  }

  /**
   * Writes.
   *
   * @param size Observations in a transaction; 1 for POSTs of one
   * @param within no request is begun after it
   * @param most nor after so many Observations
   */
  public Written run(int size, Duration within, long most) {
    AtomicLong confirmed = new AtomicLong();
    AtomicLong begun = new AtomicLong();
    AtomicLong failures = new AtomicLong();
    long[][] answers = new long[streams.size()][];
    Thread[] senders = new Thread[streams.size()];
    long start = System.nanoTime();
    long end = start + within.toNanos();
    for (int i = 0; i < senders.length; i++) {
      int sender = i;
      senders[i] =
          new Thread(
              () -> {
                long[] own = new long[1 << 12];
                int count = 0;
                while (System.nanoTime() < end && begun.addAndGet(size) - size < most) {
                  long before = System.nanoTime();
                  long taken = send(streams.get(sender), size);
                  if (taken < size) {
                    failures.incrementAndGet();
                  }
                  confirmed.addAndGet(taken);
                  own = count == own.length ? Arrays.copyOf(own, count * 2) : own;
                  own[count++] = System.nanoTime() - before;
                }
                answers[sender] = Arrays.copyOf(own, count);
              },
              "sender-" + i);
      senders[i].start();
    }
    join(senders);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Written(
        confirmed.get(),
        seconds,
        Latencies.of(Arrays.stream(answers).flatMapToLong(Arrays::stream).toArray()),
        failures.get());
  }

  /** How many the server confirmed. */
  private long send(ReadingStream stream, int size) {
    int length = size == SINGLE ? stream.single() : stream.bundle(size);
    FhirDoor.Answer answer;
    try {
      answer = door.post(size == SINGLE ? "/Observation" : "", stream.buffer(), length);
    } catch (UncheckedIOException e) {
      return 0;
    }
    if (!answer.good()) {
      return 0;
    }
    if (size == SINGLE) {
      return answer.status() == 201 ? 1 : 0;
    }
    long taken = count(answer.body(), CREATED) + count(answer.body(), FOUND);
    if (taken == size) {
      sample.offer(stream, size, answer);
    }
    return taken;
  }

  private static long count(byte[] text, byte[] wanted) {
    long found = 0;
    int last = text.length - wanted.length;
    for (int i = 0; i <= last; i++) {
      if (text[i] == wanted[0]
          && text[i + 1] == wanted[1]
          && text[i + 2] == wanted[2]
          && text[i + 3] == wanted[3]
          && Arrays.equals(text, i, i + wanted.length, wanted, 0, wanted.length)) {
        found++;
      }
    }
    return found;
  }

  private static void join(Thread[] threads) {
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
