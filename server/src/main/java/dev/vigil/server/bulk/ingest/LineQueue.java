package dev.vigil.server.bulk.ingest;

import dev.vigil.server.bulk.lines.LineReader;
import dev.vigil.server.bulk.lines.LineReader.Line;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A few lines between the thread that reads and the thread that stores. A container's stream cannot
 * say whether more is on its way, so the second waits a moment for the first: lines of a quick
 * sender come many at once, one of a slow sender comes alone and soon.
 */
final class LineQueue {

  /** Characters that are held, and given, at once, unless one line has more. */
  private static final int MOST_CHARACTERS = 4 * 1024 * 1024;

  private static final long LINGER_MS = 5;
  private static final long LOOK_EVERY_MS = 100;

  /** Opens the stream; on the thread that reads it. */
  interface Body {
    InputStream open() throws IOException;
  }

  private final BlockingQueue<Optional<Line>> queue;
  private final Semaphore characters = new Semaphore(MOST_CHARACTERS);
  private volatile IOException broken;
  private volatile boolean stopped;
  private boolean ended;

  /**
   * @param most lines that are held at once
   */
  LineQueue(int most) {
    this.queue = new ArrayBlockingQueue<>(most);
  }

  /** Reads until the end, or until nobody wants more. */
  void fill(Body body) {
    try {
      LineReader reader = new LineReader(body.open());
      Optional<Line> line;
      do {
        line = reader.next();
      } while (put(line) && line.isPresent());
    } catch (IOException e) {
      broken = e;
      put(Optional.empty());
    } catch (RuntimeException | Error e) {
      broken = new IOException("a stream could not be read", e);
      put(Optional.empty());
      throw e;
    }
  }

  private boolean put(Optional<Line> line) {
    try {
      boolean fits = false;
      while (!stopped) {
        fits = fits || characters.tryAcquire(cost(line), LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
        if (fits && queue.offer(line, LOOK_EVERY_MS, TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private static int cost(Optional<Line> line) {
    return line.flatMap(Line::text).map(text -> Math.min(text.length(), MOST_CHARACTERS)).orElse(0);
  }

  /** Nobody wants more. */
  void stop() {
    stopped = true;
  }

  /**
   * Waits for lines.
   *
   * @param most at most so many
   * @return at least one; none at the end
   * @throws IOException if the stream broke, once all whole lines before have been given
   */
  List<Line> take(int most) throws IOException, InterruptedException {
    List<Line> some = new ArrayList<>();
    int size = 0;
    while (!ended && some.size() < most && size < MOST_CHARACTERS) {
      Optional<Line> line =
          some.isEmpty() ? queue.take() : queue.poll(LINGER_MS, TimeUnit.MILLISECONDS);
      if (line == null) {
        return some;
      }
      line.ifPresent(some::add);
      characters.release(cost(line));
      size += cost(line);
      ended = line.isEmpty();
    }
    if (some.isEmpty() && broken != null) {
      throw broken;
    }
    return some;
  }
}
