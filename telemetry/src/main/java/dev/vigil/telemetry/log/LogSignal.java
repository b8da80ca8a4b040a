package dev.vigil.telemetry.log;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells followers of the log in this process that something was committed. A hint for speed only:
 * other processes append too, so a follower looks again after a while without it.
 */
public final class LogSignal {

  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();

  /** Wakes every listener. */
  public void fire() {
    listeners.forEach(Listener::wake);
  }

  /** A listener of one follower; close it when the follower ends. */
  public Listener listen() {
    Listener listener = new Listener();
    listeners.add(listener);
    return listener;
  }

  /** Remembers one signal until its follower waits. */
  public final class Listener implements AutoCloseable {

    private final Semaphore signals = new Semaphore(0);

    private Listener() {}

    /**
     * Returns at once if there was a signal since the last wait, else at the next one or after the
     * time. Events committed before the signal are visible then.
     *
     * @return whether there was a signal
     */
    public boolean await(Duration atMost) throws InterruptedException {
      boolean signalled = signals.tryAcquire(Math.max(0, atMost.toMillis()), TimeUnit.MILLISECONDS);
      if (signalled) {
        signals.drainPermits();
      }
      return signalled;
    }

    /** Wakes this follower alone. */
    public void wake() {
      if (signals.availablePermits() == 0) {
        signals.release();
      }
    }

    @Override
    public void close() {
      listeners.remove(this);
    }
  }
}
