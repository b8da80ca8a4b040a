package dev.vigil.server.bulk.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomesTest {

  private static String drain(Outcomes outcomes) throws IOException, InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some;
    while ((some = outcomes.take()) != null) {
      all.writeBytes(some);
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  @Test
  void keepsTheOrderOfFarMoreThanItHoldsInMemory() throws Exception {
    try (Outcomes outcomes = new Outcomes()) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 60_000; i++) {
        outcomes.add("line " + i);
        expected.add("line " + i);
      }
      outcomes.end();

      assertThat(drain(outcomes).lines()).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void goesBackToMemoryWhenTheFileHasBeenSent() throws Exception {
    try (Outcomes outcomes = new Outcomes()) {
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 30_000; i++) {
          outcomes.add("line " + i);
        }
        int lines = 0;
        while (outcomes.waiting()) {
          lines +=
              (int)
                  new String(outcomes.take(), StandardCharsets.UTF_8)
                      .chars()
                      .filter(c -> c == '\n')
                      .count();
        }
        assertThat(lines).isEqualTo(30_000);
      }
    }
  }

  @Test
  void takesNothingMoreForAClientThatHasGone() throws Exception {
    try (Outcomes outcomes = new Outcomes()) {
      outcomes.add("one");
      outcomes.abandon();
      outcomes.add("two");
      outcomes.end();

      assertThat(drain(outcomes)).isEmpty();
    }
  }
}
