package dev.vigil.hl7.er7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.hl7.TestMessages;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Er7MessageTest {

  private static final String HEADER = "MSH|^~\\&|A^B^C|||||||M1|P|2.6||||||";

  @ParameterizedTest
  @ValueSource(strings = {"\r", "\n", "\r\n", "\n\n"})
  void takesAnyLineEnd(String end) {
    Er7Message message = read(HEADER + end + "PID|||1^^^X&1.2&ISO~2" + end + "OBX|1" + end);
    assertThat(message.segments()).hasSize(3);
    Er7Segment pid = message.segments().get(1);
    assertThat(pid.get(3, 1, 4, 2)).isEqualTo("1.2");
    assertThat(pid.component(3, 2, 1)).isEqualTo("2");
    assertThat(pid.repetitions(3)).isEqualTo(2);
    assertThat(pid.field(30)).isEmpty();
    assertThat(pid.component(3, 3, 1)).isEmpty();
  }

  @Test
  void keepsTheOrderOfSegmentsThatAlternate() {
    Er7Message message = read(HEADER + "\rPID|\rOBR|1\rOBX|1\rOBR|2\rOBX|1\rZZZ|1");
    assertThat(message.segments())
        .extracting(Er7Segment::toString)
        .containsExactly("MSH[1]", "PID[1]", "OBR[1]", "OBX[1]", "OBR[2]", "OBX[2]", "ZZZ[1]");
  }

  @Test
  void resolvesEscapesAndNull() {
    Er7Segment pid = read(HEADER + "\rPID|||a\\S\\b\\F\\c||\"\"").segments().get(1);
    assertThat(pid.field(3)).isEqualTo("a^b|c");
    assertThat(pid.blank(5)).isTrue();
  }

  @Test
  void readsEachCharacterSetByItsName() {
    String latin = HEADER + "8859/1\rPID|||1||M\u00FCller";
    assertThat(
            Er7Message.read(latin.getBytes(StandardCharsets.ISO_8859_1)).segments().get(1).field(5))
        .isEqualTo("M\u00FCller");
    assertThat(read(HEADER + "UNICODE UTF-8\rPID|||1||M\u00FCller").segments().get(1).field(5))
        .isEqualTo("M\u00FCller");
    assertThat(read(HEADER + "\rPID|||1||M\u00FCller").segments().get(1).field(5))
        .isEqualTo("M\u00FCller");
  }

  @Test
  void refusesBytesThatAreNotOfTheCharacterSet() {
    byte[] text =
        (HEADER + "UNICODE UTF-8\rPID|||1||M\u00FCller").getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> Er7Message.read(text))
        .isInstanceOfSatisfying(
            Hl7Refusal.class,
            refusal ->
                assertThat(refusal.errors().get(0).location())
                    .isEqualTo(new Er7Location("MSH", 1, 18)));
    assertThatThrownBy(() -> read(HEADER + "ASCII\rPID|||1||M\u00FCller"))
        .isInstanceOf(Hl7Refusal.class);
    assertThatThrownBy(() -> read(HEADER + "EBCDIC\rPID|||1"))
        .isInstanceOfSatisfying(
            Hl7Refusal.class,
            refusal ->
                assertThat(refusal.errors().get(0).code()).isEqualTo(Hl7Error.Code.TABLE_VALUE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "MSH", "MSH|", "MSH|^~", "PID|||1", "MSH|^~\\&|A\rx|1"})
  void refusesWhatIsNoMessage(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(Hl7Refusal.class);
  }

  private static Er7Message read(String text) {
    return Er7Message.read(TestMessages.bytes(text));
  }
}
