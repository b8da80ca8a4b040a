package dev.vigil.telemetry.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.telemetry.TestReadings;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PackingTest {

  @Test
  void givesBackWhatItPacked() {
    Random random = new Random(1);
    for (int length : new int[] {0, 1, 2, 100, 4_096, 70_000, 2_000_000}) {
      byte[] noise = new byte[length];
      random.nextBytes(noise);
      assertThat(Packing.unpack(Packing.pack(noise))).isEqualTo(noise);
      byte[] text = "{\"changes\":[]}".repeat(length / 14 + 1).getBytes(UTF_8);
      assertThat(Packing.unpack(Packing.pack(text))).isEqualTo(text);
    }
  }

  @Test
  void makesASingleReadingShorter() {
    byte[] bytes =
        new EventCodec().encode(TestReadings.written("o-1"), Set.of()).parts().get(0).bytes();

    assertThat(Packing.pack(bytes).length).isLessThan(bytes.length * 2 / 3);
  }

  @Test
  void refusesWhatItDidNotPack() {
    byte[] packed = Packing.pack("some text, some text, some text".getBytes(UTF_8));
    byte[] unknown = packed.clone();
    unknown[0] = 9;

    for (byte[] damaged :
        new byte[][] {new byte[0], {1}, {1, 2, 3}, unknown, Arrays.copyOf(packed, 12)}) {
      assertThatThrownBy(() -> Packing.unpack(damaged))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** What was packed with a dictionary opens with the very same bytes only: add another one. */
  @Test
  void neverChangesADictionary() throws Exception {
    assertThat(sha256(Packing.dictionary(1)))
        .isEqualTo("04109a1198ce6a21b0d63e232202d32783bf033d11601a22c99779d988157b73");
    assertThat(sha256(Packing.dictionary(2)))
        .isEqualTo("63ab1be7fed756cc15cf3378a26190f133893bb58aa975a371ebd2719d614b96");
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
