package dev.vigil.server.intake.fast;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits messages of many requests at once. One thread takes what waits, up to a number of
 * Observations; meanwhile the next ones gather. A group that fails is tried again message by
 * message, so that none suffers for another.
 *
 * <p>A commit of a few costs as much as one of many. So while it would be one of a few, it waits a
 * little for those whose messages were committed last: who waits for answers soon sends again, and
 * without that the senders fall apart into groups that take turns. A sender that is alone never
 * waits.
 */
final class GroupCommit {

  private static final Logger logger = LoggerFactory.getLogger(GroupCommit.class);

  /** What a client may have of the queue: one part in so many. */
  private static final int SHARE = 2;

  /** Observations whose commit costs more by their number than by itself. */
  private static final int MANY = 50;

  /** What of the time of the last commit the next one may wait: one part in so many. */
  private static final int PART = 2;

  private static final class Waiting {

    private final FastMessage message;
    private final CompletableFuture<Boolean> answer = new CompletableFuture<>();

    Waiting(FastMessage message) {
      this.message = message;
    }

    int size() {
      return message.items().size();
    }
  }

  private final Function<List<FastMessage>, Set<FastMessage>> commit;
  private final int most;
  private final int group;
  private final Duration patience;
  private final long longestPause;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final Map<String, Integer> waitingOf = new HashMap<>();
  private final Thread thread;
  private int waiting;
  private boolean closed;

  /** Messages of the last group, and how long its commit took in nanoseconds. */
  private int together;

  private long took;

  /**
   * Starts its thread.
   *
   * @param commit commits what it can of a list of messages and gives those that are committed
   * @param longestPause a group waits no longer for more messages
   */
  GroupCommit(
      Function<List<FastMessage>, Set<FastMessage>> commit,
      int most,
      int group,
      Duration patience,
      Duration longestPause) {
    this.commit = commit;
    this.most = most;
    this.group = group;
    this.patience = patience;
    this.longestPause = longestPause.toNanos();
    this.thread = new Thread(this::run, "observation-commit");
    thread.setDaemon(true);
    thread.start();
  }

  /** How many Observations wait. */
  synchronized int waiting() {
    return waiting;
  }

  /**
   * Waits until the message is committed, or is known to need the usual way.
   *
   * @return whether it is committed; if not, nothing of it is
   * @throws ProblemException UNAVAILABLE or THROTTLED if there is no room for it; then nothing of
   *     it is committed
   */
  boolean await(FastMessage message) {
    Waiting mine = new Waiting(message);
    enqueue(mine);
    try {
      return mine.answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      if (withdraw(mine)) {
        throw unavailable();
      }
      return whenDone(mine);
    } catch (ExecutionException e) {
      throw new UnknownOutcome(e.getCause());
    } catch (InterruptedException e) {
      if (withdraw(mine)) {
        Thread.currentThread().interrupt();
        throw unavailable();
      }
      return whenDone(mine);
    }
  }

  /** It is being committed: only its end tells what became of it. */
  private static boolean whenDone(Waiting mine) {
    try {
      return mine.answer.join();
    } catch (CompletionException e) {
      throw new UnknownOutcome(e.getCause());
    }
  }

  private synchronized void enqueue(Waiting mine) {
    String client = mine.message.client();
    int ofClient = waitingOf.getOrDefault(client, 0);
    boolean full = waiting > 0 && waiting + mine.size() > most;
    if (closed || full) {
      boolean own = ofClient > most / SHARE && ofClient < waiting;
      throw own ? throttled() : unavailable();
    }
    waiting += mine.size();
    waitingOf.merge(client, mine.size(), Integer::sum);
    queue.addLast(mine);
    notifyAll();
  }

  private synchronized boolean withdraw(Waiting mine) {
    boolean there = queue.remove(mine);
    if (there) {
      left(mine);
    }
    return there;
  }

  private void left(Waiting gone) {
    waiting -= gone.size();
    waitingOf.computeIfPresent(
        gone.message.client(), (client, count) -> count > gone.size() ? count - gone.size() : null);
  }

  private static ProblemException unavailable() {
    return new ProblemException(
        new Problem(
            Problem.Kind.UNAVAILABLE, "", "the server is busy: nothing was stored, send it again"));
  }

  private static ProblemException throttled() {
    return new ProblemException(
        new Problem(
            Problem.Kind.THROTTLED,
            "",
            "too many readings of this client wait: nothing was stored, send it again"));
  }

  private void run() {
    for (List<Waiting> batch = take(); !batch.isEmpty(); batch = take()) {
      long begin = System.nanoTime();
      try {
        Set<FastMessage> done = commit.apply(batch.stream().map(one -> one.message).toList());
        batch.forEach(one -> one.answer.complete(done.contains(one.message)));
      } catch (UnknownOutcome | Error e) {
        logger.error("a commit of {} messages was lost error={}", batch.size(), name(e));
        batch.forEach(one -> one.answer.completeExceptionally(e));
      } catch (RuntimeException e) {
        logger.info(
            "a commit of {} messages failed error={}", batch.size(), e.getClass().getName());
        batch.forEach(this::alone);
      }
      took = System.nanoTime() - begin;
    }
  }

  private void alone(Waiting one) {
    try {
      one.answer.complete(commit.apply(List.of(one.message)).contains(one.message));
    } catch (UnknownOutcome | Error e) {
      logger.error("a commit of a message was lost error={}", name(e));
      one.answer.completeExceptionally(e);
    } catch (RuntimeException e) {
      logger.info("a message takes the usual way error={}", name(e));
      one.answer.complete(false);
    }
  }

  private static String name(Throwable failure) {
    return failure.getCause() == null
        ? failure.getClass().getName()
        : failure.getClass().getName() + " by " + failure.getCause().getClass().getName();
  }

  /** What waits, at least one message; nothing at the end. */
  private synchronized List<Waiting> take() {
    try {
      int expected = together + queue.size();
      do {
        while (queue.isEmpty() && !closed) {
          wait();
        }
        gather(expected);
      } while (queue.isEmpty() && !closed); // What waited may have been withdrawn.
    } catch (InterruptedException e) {
      closed = true;
    }
    List<Waiting> batch = new ArrayList<>();
    int size = 0;
    while (!queue.isEmpty() && (batch.isEmpty() || size + queue.peekFirst().size() <= group)) {
      Waiting next = queue.removeFirst();
      left(next);
      size += next.size();
      batch.add(next);
    }
    together = batch.size();
    return batch;
  }

  /** Waits a little until so many messages, or many Observations, are there. */
  private void gather(int expected) throws InterruptedException {
    long end = System.nanoTime() + Math.min(took / PART, longestPause);
    long rest = end - System.nanoTime();
    while (queue.size() < expected && waiting < MANY && rest > 0 && !closed) {
      TimeUnit.NANOSECONDS.timedWait(this, rest);
      rest = end - System.nanoTime();
    }
  }

  /** Takes nothing more and waits for what it has. */
  void close() throws InterruptedException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.join(TimeUnit.SECONDS.toMillis(30));
  }
}
