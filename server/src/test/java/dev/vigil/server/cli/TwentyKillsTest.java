package dev.vigil.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.story.Hospital;
import dev.vigil.simulator.load.ConfirmedStream;
import dev.vigil.simulator.wire.ClientCredentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hazard: a confirmed reading that is lost or doubled because the server died at one of the moments
 * that a single kill does not hit. Four streams write, the server is killed twenty times at random
 * moments among the writes, and each time it has to come up by itself.
 */
@Tag("safety")
@Tag("long")
class TwentyKillsTest {

  private static final int KILLS = 20;
  private static final int STREAMS = 4;
  private static final int READINGS_A_BUNDLE = 25;
  private static final int READINGS_BETWEEN_KILLS = 200;

  @TempDir Path folder;
  private ServerUnderTest server;

  @AfterEach
  void leavesNothingRunning() throws Exception {
    if (server != null) {
      if (server.running()) {
        server.kill();
      }
      server.postmasters().forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void keepsEveryConfirmedReadingOnce() throws Exception {
    Random random = new Random(20_261_127L);
    server = new ServerUnderTest(Files.createDirectory(folder.resolve("data")));
    server.start();
    List<ConfirmedStream> streams =
        Stream.generate(
                () ->
                    new ConfirmedStream(
                        server.client("demo-gateway", ClientCredentials.GATEWAY_SCOPE),
                        READINGS_A_BUNDLE))
            .limit(STREAMS)
            .toList();
    for (ConfirmedStream stream : streams) {
      stream.start();
    }
    for (int kill = 1; kill <= KILLS; kill++) {
      long before = confirmed(streams);
      Hospital.eventually(
          Duration.ofSeconds(120), () -> confirmed(streams) >= before + READINGS_BETWEEN_KILLS);
      Thread.sleep(random.nextInt(700));
      server.kill();
      System.out.printf("kill %d of %d, %d confirmed%n", kill, KILLS, confirmed(streams));
      server.start();
    }
    streams.forEach(ConfirmedStream::close);

    for (ConfirmedStream stream : streams) {
      ConfirmedStream.Verdict verdict = stream.verify(server.fhir().resolve("fhir"));
      assertThat(verdict.missing()).isEmpty();
      assertThat(verdict.repeated()).isEmpty();
      assertThat(stream.refusals()).isZero();
      assertThat(stream.interruptions()).isPositive();
    }
    assertThat(confirmed(streams)).isGreaterThanOrEqualTo((long) KILLS * READINGS_BETWEEN_KILLS);
    Path printed = folder.resolve("printed.txt");
    assertThat(server.command(printed, "verify-log")).as(Files.readString(printed)).isZero();
    assertThat(Files.readString(printed)).contains("chain  whole");
    Hospital.eventually(Duration.ofMinutes(2), () -> server.lag() == 0);
    assertThat(server.command(printed, "rebuild", "aggregates"))
        .as(Files.readString(printed))
        .isZero();
    assertThat(Files.readString(printed)).contains("aggregates the same");
  }

  private static long confirmed(List<ConfirmedStream> streams) {
    return streams.stream().mapToLong(stream -> stream.confirmed().size()).sum();
  }
}
