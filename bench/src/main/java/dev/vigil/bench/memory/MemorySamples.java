package dev.vigil.bench.memory;

import dev.vigil.bench.system.ResidentMemory;
import java.time.Duration;
import java.util.Arrays;

/** Looks at a process's resident memory five times a second until it is closed. */
final class MemorySamples implements AutoCloseable {

  private static final Duration EVERY = Duration.ofMillis(200);

  private final ResidentMemory memory;
  private final Thread thread;
  private long[] samples = new long[1 << 10];
  private int count;

  private MemorySamples(ResidentMemory memory) {
    this.memory = memory;
    this.thread = new Thread(this::look, "memory-samples");
    thread.setDaemon(true);
  }

  static MemorySamples of(long pid) {
    MemorySamples samples = new MemorySamples(new ResidentMemory(pid));
    samples.add();
    samples.thread.start();
    return samples;
  }

  long now() {
    return memory.now();
  }

  long peak() {
    return memory.peak();
  }

  synchronized int count() {
    return count;
  }

  /** Nearest rank. */
  synchronized long rank(double share) {
    long[] sorted = Arrays.copyOf(samples, count);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)];
  }

  private synchronized void add() {
    samples = count == samples.length ? Arrays.copyOf(samples, count * 2) : samples;
    samples[count++] = memory.now();
  }

  private void look() {
    try {
      while (true) {
        Thread.sleep(EVERY.toMillis());
        add();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
