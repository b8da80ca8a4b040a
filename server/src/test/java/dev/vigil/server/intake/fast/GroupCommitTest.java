package dev.vigil.server.intake.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

  private final List<Integer> groups = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private FastMessage bad;
  private FastMessage lost;
  private final GroupCommit commits =
      new GroupCommit(this::commit, 10, 5, Duration.ofMillis(300), Duration.ofSeconds(10));

  @AfterEach
  void close() throws InterruptedException {
    go.countDown();
    commits.close();
  }

  private Set<FastMessage> commit(List<FastMessage> messages) {
    begun.countDown();
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    groups.add(messages.size());
    if (bad != null && messages.contains(bad)) {
      throw new IllegalStateException("this one cannot be committed");
    }
    if (lost != null && messages.contains(lost)) {
      throw new UnknownOutcome(new IllegalStateException("the connection broke"));
    }
    return new HashSet<>(messages);
  }

  private static FastMessage message(String client, int size) {
    FastMessage.Item item =
        new FastMessage.Item(null, List.of(), null, null, null, null, null, null, null, null);
    return new FastMessage(
        new TenantId("demo"),
        client,
        "request",
        Instant.EPOCH,
        Collections.nCopies(size, item),
        null,
        null);
  }

  private CompletableFuture<Boolean> send(FastMessage message) {
    return CompletableFuture.supplyAsync(() -> commits.await(message));
  }

  @Test
  void commitsTogetherWhatWaits() throws Exception {
    CompletableFuture<Boolean> first = send(message("a", 1));
    begun.await();
    List<CompletableFuture<Boolean>> others =
        List.of(send(message("a", 2)), send(message("b", 2)), send(message("b", 3)));
    while (commits.waiting() < 7) {
      Thread.onSpinWait();
    }
    go.countDown();

    assertThat(first.join()).isTrue();
    assertThat(others).allMatch(CompletableFuture::join);
    assertThat(groups).startsWith(1).hasSize(3);
  }

  @Test
  void waitsForThoseWhoseMessagesWereCommittedLast() throws Exception {
    CompletableFuture<Boolean> again =
        send(message("a", 1)).thenCompose(committed -> send(message("a", 1)));
    begun.await();
    CompletableFuture<Boolean> meanwhile = send(message("b", 1));
    while (commits.waiting() < 1) {
      Thread.onSpinWait();
    }
    Thread.sleep(250); // The longer a commit takes, the longer the next one may wait.
    go.countDown();

    assertThat(again.join()).isTrue();
    assertThat(meanwhile.join()).isTrue();
    assertThat(groups).containsExactly(1, 2);
  }

  @Test
  void letsNobodySufferForAnother() throws Exception {
    CompletableFuture<Boolean> first = send(message("a", 1));
    begun.await();
    bad = message("a", 2);
    CompletableFuture<Boolean> refused = send(bad);
    CompletableFuture<Boolean> good = send(message("b", 2));
    while (commits.waiting() < 4) {
      Thread.onSpinWait();
    }
    go.countDown();

    assertThat(first.join()).isTrue();
    assertThat(good.join()).isTrue();
    assertThat(refused.join()).as("goes the usual way").isFalse();
  }

  /** Hazard: a reading that is stored twice, since the commit took place although it failed. */
  @Test
  @Tag("safety")
  void doesNotTryAgainWhatMayHaveBeenCommitted() throws Exception {
    CompletableFuture<Boolean> first = send(message("a", 1));
    begun.await();
    lost = message("a", 2);
    CompletableFuture<Boolean> unknown = send(lost);
    while (commits.waiting() < 2) {
      Thread.onSpinWait();
    }
    CompletableFuture<Boolean> inTheSameGroup = send(message("a", 3));
    while (commits.waiting() < 5) {
      Thread.onSpinWait();
    }
    go.countDown();

    assertThat(first.join()).isTrue();
    assertThatThrownBy(unknown::join).hasCauseInstanceOf(UnknownOutcome.class);
    assertThatThrownBy(inTheSameGroup::join).hasCauseInstanceOf(UnknownOutcome.class);
    assertThat(groups).containsExactly(1, 2);
  }

  @Test
  void tellsWhoFindsNoRoom() throws Exception {
    send(message("a", 1));
    begun.await();
    send(message("a", 6));
    while (commits.waiting() < 6) {
      Thread.onSpinWait();
    }
    send(message("b", 4));
    while (commits.waiting() < 10) {
      Thread.onSpinWait();
    }

    assertThat(kindOfRefusal(message("a", 1))).isEqualTo(Problem.Kind.THROTTLED);
    assertThat(kindOfRefusal(message("b", 1))).isEqualTo(Problem.Kind.UNAVAILABLE);
  }

  @Test
  void givesUpOnWhatWasNotBegunInTime() throws Exception {
    CompletableFuture<Boolean> begins = send(message("a", 1));
    begun.await();

    assertThat(kindOfRefusal(message("b", 1))).isEqualTo(Problem.Kind.UNAVAILABLE);
    assertThat(commits.waiting()).isZero();
    go.countDown();
    assertThat(begins.join()).as("begun: only its end tells").isTrue();
  }

  private Problem.Kind kindOfRefusal(FastMessage message) {
    ProblemException[] refusal = new ProblemException[1];
    assertThatThrownBy(() -> commits.await(message))
        .isInstanceOfSatisfying(ProblemException.class, problem -> refusal[0] = problem);
    return refusal[0].problems().get(0).kind();
  }
}
