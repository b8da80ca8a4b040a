package dev.vigil.server.bulk.lines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineReaderTest {

  private static List<LineReader.Line> read(InputStream in) throws IOException {
    LineReader reader = new LineReader(in);
    List<LineReader.Line> lines = new ArrayList<>();
    for (Optional<LineReader.Line> line = reader.next(); line.isPresent(); line = reader.next()) {
      lines.add(line.get());
    }
    return lines;
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void countsBlankLinesAndTakesTheLastWithoutItsEnd() throws IOException {
    assertThat(read(bytes("a\n\n  \r\nbß")))
        .containsExactly(
            new LineReader.Line(1, Optional.of("a")), new LineReader.Line(4, Optional.of("bß")));
  }

  @Test
  void passesOverALineThatIsTooLongAndGoesOn() throws IOException {
    InputStream in =
        new SequenceInputStream(bytes("x".repeat(2 * LineReader.MOST)), bytes("\nshort\n"));

    assertThat(read(in))
        .containsExactly(
            new LineReader.Line(1, Optional.empty()), new LineReader.Line(2, Optional.of("short")));
  }

  @Test
  void findsNothingInAnEmptyStream() throws IOException {
    assertThat(read(bytes(""))).isEmpty();
  }
}
