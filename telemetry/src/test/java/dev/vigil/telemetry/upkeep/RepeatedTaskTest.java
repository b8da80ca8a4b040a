package dev.vigil.telemetry.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RepeatedTaskTest {

  private final MeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void takesItsFirstTurnAtOnceAndGoesOnAfterOneThatFails() throws Exception {
    CountDownLatch turns = new CountDownLatch(3);
    RepeatedTask task =
        new RepeatedTask(
            "test",
            Duration.ofMillis(1),
            stopping -> {
              turns.countDown();
              throw new IllegalStateException("a turn that fails");
            },
            meters);
    task.start();
    task.start();
    assertThat(turns.await(10, TimeUnit.SECONDS)).isTrue();
    task.stop(Duration.ofSeconds(10));
    assertThat(meters.get("vigil.task.failed").tag("task", "test").counter().count())
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void tellsATurnInFlightToEndAndStartsAgain() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    RepeatedTask task =
        new RepeatedTask(
            "test",
            Duration.ofDays(1),
            stopping -> {
              begun.countDown();
              while (!stopping.getAsBoolean()) {
                Thread.sleep(1);
              }
            },
            meters);
    task.start();
    task.stop(Duration.ofSeconds(10));
    task.start();
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    task.stop(Duration.ofSeconds(10));
  }

  @Test
  void interruptsATurnThatDoesNotEnd() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    RepeatedTask task =
        new RepeatedTask(
            "test",
            Duration.ofDays(1),
            stopping -> {
              try {
                Thread.sleep(Duration.ofDays(1).toMillis());
              } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
              }
            },
            meters);
    task.start();
    task.stop(Duration.ofMillis(50));
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
