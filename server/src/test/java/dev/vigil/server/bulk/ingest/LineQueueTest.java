package dev.vigil.server.bulk.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.server.bulk.lines.LineReader.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LineQueueTest {

  private final ExecutorService reader = Executors.newSingleThreadExecutor();

  @AfterEach
  void stop() {
    reader.shutdownNow();
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Integer> sizes(LineQueue queue) throws Exception {
    List<Integer> sizes = new ArrayList<>();
    List<Line> some = queue.take(100);
    while (!some.isEmpty()) {
      sizes.add(some.size());
      some = queue.take(100);
    }
    return sizes;
  }

  @Test
  void givesManyLinesAtOnceWhenTheyComeQuickly() throws Exception {
    LineQueue queue = new LineQueue(100);
    reader.submit(() -> queue.fill(() -> bytes("line\n".repeat(1_050))));

    List<Integer> sizes = sizes(queue);

    assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_050);
    assertThat(sizes).allMatch(size -> size <= 100).hasSizeLessThan(100);
  }

  @Test
  void givesNoMoreThanItMayHoldOfLongLines() throws Exception {
    LineQueue queue = new LineQueue(100);
    String long3MiB = "x".repeat(3 * 1024 * 1024) + "\n";
    reader.submit(() -> queue.fill(() -> bytes(long3MiB.repeat(5))));

    assertThat(sizes(queue)).allMatch(size -> size <= 2).hasSizeBetween(3, 5);
  }

  @Test
  void givesWholeLinesOfAStreamThatBreaksAndThenTellsSo() throws Exception {
    InputStream breaking =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }
        };
    LineQueue queue = new LineQueue(100);
    reader.submit(
        () -> queue.fill(() -> new SequenceInputStream(bytes("one\ntwo\nthr"), breaking)));

    assertThat(queue.take(100)).extracting(line -> line.text().orElseThrow()).contains("one");
    assertThatThrownBy(
            () -> {
              while (!queue.take(100).isEmpty()) {
                // whole lines first
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
  }

  @Test
  void letsTheReaderGoWhenNobodyWantsMore() throws Exception {
    LineQueue queue = new LineQueue(10);
    Future<?> reading = reader.submit(() -> queue.fill(() -> bytes("line\n".repeat(1_000))));
    queue.take(100);

    queue.stop();

    reading.get(10, TimeUnit.SECONDS);
    assertThat(reading).isDone();
  }
}
