package dev.vigil.server.bulk;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Counts the requests that people and devices wait for, so that bulk work can stand back: it works
 * in short pieces, and rests after each as long as the piece took if anybody else was there.
 */
public final class OtherRequests extends OncePerRequestFilter {

  private static final long LONGEST_REST_MS = 500;

  private final AtomicInteger present = new AtomicInteger();
  private final AtomicLong arrived = new AtomicLong();

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
    arrived.incrementAndGet();
    present.incrementAndGet();
    try {
      chain.doFilter(request, response);
    } finally {
      present.decrementAndGet();
    }
  }

  /** Begins a piece of bulk work. */
  public Piece piece() {
    return new Piece(System.nanoTime(), arrived.get());
  }

  /** A piece of bulk work. */
  public final class Piece {
    private final long begin;
    private final long before;

    private Piece(long begin, long before) {
      this.begin = begin;
      this.before = before;
    }

    /** Ends it. Rests if others came meanwhile or are there now. */
    public void rest() {
      if (present.get() == 0 && arrived.get() == before) {
        return;
      }
      long worked = Duration.ofNanos(System.nanoTime() - begin).toMillis();
      try {
        Thread.sleep(Math.min(worked, LONGEST_REST_MS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
