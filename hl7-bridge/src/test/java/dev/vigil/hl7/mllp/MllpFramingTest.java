package dev.vigil.hl7.mllp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MllpFramingTest {

  private static final String VT = "\u000B";
  private static final String FS = "\u001C";

  @Test
  void readsFramesOneAfterTheOther() throws Exception {
    MllpFraming framing = over(VT + "one" + FS + "\r" + VT + "two" + FS + "\r\n", 100);
    assertThat(next(framing)).isEqualTo("one");
    assertThat(next(framing)).isEqualTo("two");
    assertThat(framing.next()).isEmpty();
    assertThat(framing.broken()).isZero();
  }

  @Test
  void skipsBytesBeforeTheStart() throws Exception {
    MllpFraming framing = over("GET / HTTP/1.1" + VT + "one" + FS + "\r", 100);
    assertThat(next(framing)).isEqualTo("one");
    assertThat(framing.broken()).isEqualTo(1);
  }

  @Test
  void dropsATextThatNeverEndsWhenTheNextBegins() throws Exception {
    MllpFraming framing = over(VT + "lost" + VT + "kept" + FS + "\r", 100);
    assertThat(next(framing)).isEqualTo("kept");
    assertThat(framing.broken()).isEqualTo(1);
  }

  @Test
  void dropsATextWhoseEndHasNoCarriageReturn() throws Exception {
    MllpFraming framing =
        over(VT + "lost" + FS + "more" + VT + "kept" + FS + "\r" + VT + "x" + FS + VT + "y", 100);
    assertThat(next(framing)).isEqualTo("kept");
    assertThat(framing.broken()).isEqualTo(1);
    assertThatThrownBy(framing::next).isInstanceOf(BrokenFrameException.class);
    assertThat(framing.broken()).isEqualTo(2);
  }

  @Test
  void handsOverTheBeginningOfAnOversizeTextAndGoesOn() throws Exception {
    MllpFraming framing = over(VT + "0123456789" + FS + "\r" + VT + "ok" + FS + "\r", 4);
    Frame frame = framing.next().orElseThrow();
    assertThat(frame.whole()).isFalse();
    assertThat(frame.content()).isEqualTo("0123".getBytes(StandardCharsets.US_ASCII));
    assertThat(next(framing)).isEqualTo("ok");
  }

  @Test
  void givesUpOnAFrameWithoutEndInSight() {
    MllpFraming framing = over(VT + "x".repeat(1000), 4);
    assertThatThrownBy(framing::next)
        .isInstanceOf(BrokenFrameException.class)
        .hasMessageContaining("size limit");
  }

  @Test
  void saysThatTheConnectionEndedInsideAFrame() {
    assertThatThrownBy(over(VT + "cut", 100)::next).isInstanceOf(BrokenFrameException.class);
  }

  @Test
  void readsWhatItWrote() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MllpFraming.write(out, "text".getBytes(StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(VT + "text" + FS + "\r");
  }

  private static MllpFraming over(String stream, int maxBytes) {
    return new MllpFraming(
        new ByteArrayInputStream(stream.getBytes(StandardCharsets.ISO_8859_1)), maxBytes);
  }

  private static String next(MllpFraming framing) throws Exception {
    Frame frame = framing.next().orElseThrow();
    assertThat(frame.whole()).isTrue();
    return new String(frame.content(), StandardCharsets.UTF_8);
  }
}
