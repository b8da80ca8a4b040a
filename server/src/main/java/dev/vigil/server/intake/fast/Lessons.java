package dev.vigil.server.intake.fast;

import dev.vigil.server.observation.StoredJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Teaches what is not known yet, one text at a time and beside the requests: a lesson takes some
 * milliseconds, and many clients begin with the same texts.
 */
final class Lessons {

  private static final Logger logger = LoggerFactory.getLogger(Lessons.class);

  /** Beyond that nothing is taken on: what is sent again will be offered again. */
  private static final int MOST_WAITING = 500;

  private final KnownTexts known;
  private final Teacher teacher;
  private final Set<Cut.Text> waiting = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          work -> {
            Thread worker = new Thread(work, "observation-lessons");
            worker.setDaemon(true);
            return worker;
          });

  Lessons(KnownTexts known, Teacher teacher) {
    this.known = known;
    this.teacher = teacher;
  }

  /**
   * Offers what a client's text became.
   *
   * @param body holds the text
   * @param from where it begins
   * @param to where it ends, exclusive
   */
  void offer(byte[] body, int from, int to, StoredJson stored) {
    if (known.find(body, from, to) != null) {
      return;
    }
    Optional<Cut> cut = Cut.of(new String(body, from, to - from, StandardCharsets.UTF_8));
    if (cut.isPresent() && waiting.add(cut.get().text())) {
      try {
        thread.execute(() -> teach(cut.get(), stored));
      } catch (RejectedExecutionException e) {
        waiting.remove(cut.get().text()); // Full, or closed.
      }
    }
  }

  private void teach(Cut cut, StoredJson stored) {
    try {
      teacher.learn(cut, stored);
    } catch (RuntimeException e) {
      logger.warn("a lesson failed error={}", e.getClass().getName());
    } finally {
      waiting.remove(cut.text());
    }
  }

  void close() {
    thread.shutdownNow();
  }
}
