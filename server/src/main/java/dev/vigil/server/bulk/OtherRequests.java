package dev.vigil.server.bulk;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Knows of the requests that people and devices wait for, so that bulk work can stand back. While
 * anybody else is there, one piece of bulk work is done at a time, a short one, and after it all of
 * it rests twice as long as the piece took.
 */
public final class OtherRequests extends OncePerRequestFilter {

  /** So long after a request another one is expected. */
  private static final Duration EXPECTED = Duration.ofSeconds(1);

  private static final long LONGEST_REST_MS = 500;
  private static final int FEW = 20;

  private final AtomicInteger present = new AtomicInteger();
  private final AtomicLong lastSeen = new AtomicLong(System.nanoTime() - EXPECTED.toNanos());
  private final Semaphore turns = new Semaphore(1, true);

  OtherRequests() {}

  /** Those of bulk work itself do not count. */
  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getPathInfo();
    return path != null && (path.endsWith("/$ingest") || path.equals("/$bulk-file"));
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    present.incrementAndGet();
    try {
      chain.doFilter(request, response);
    } finally {
      lastSeen.set(System.nanoTime());
      present.decrementAndGet();
    }
  }

  private boolean there() {
    return present.get() > 0 || System.nanoTime() - lastSeen.get() < EXPECTED.toNanos();
  }

  /** How many resources are a piece now, of at most so many. */
  public int atOnce(int most) {
    return there() ? Math.min(FEW, most) : most;
  }

  /** A piece of bulk work. */
  public interface Work<E extends Exception> {
    /** Does it. */
    void run() throws E;
  }

  /** Does a piece of bulk work: when it is its turn, with a rest behind it, if others are there. */
  public <E extends Exception> void standBackFor(Work<E> work) throws E {
    if (!there()) {
      work.run();
      return;
    }
    turns.acquireUninterruptibly();
    long begin = System.nanoTime();
    try {
      work.run();
      long worked = Duration.ofNanos(System.nanoTime() - begin).toMillis();
      Thread.sleep(Math.min(2 * worked, LONGEST_REST_MS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      turns.release();
    }
  }
}
