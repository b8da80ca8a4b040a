package dev.vigil.telemetry.log;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Compression of parts: a byte that names the way, then Zstandard (RFC 8878) with a dictionary of
 * the words that parts are made of, without which a single reading would hardly shrink. Dictionary
 * and way belong to what is stored: neither is ever changed, another one gets another byte.
 */
final class Packing {

  private static final String DICTIONARY = "part-dictionary-1.txt";
  private static final byte ZSTD_WITH_DICTIONARY_1 = 1;
  private static final int LEVEL = 3;

  /** No request is larger by far; a length beyond it is damage. */
  private static final long LONGEST = 1L << 30;

  private static final ZstdDictCompress COMPRESS;
  private static final ZstdDictDecompress DECOMPRESS;

  static {
    byte[] dictionary = dictionary();
    COMPRESS = new ZstdDictCompress(dictionary, LEVEL);
    DECOMPRESS = new ZstdDictDecompress(dictionary);
  }

  private Packing() {}

  static byte[] dictionary() {
    try (InputStream text = Packing.class.getResourceAsStream(DICTIONARY)) {
      return text.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(DICTIONARY + " cannot be read", e);
    }
  }

  static byte[] pack(byte[] plain) {
    byte[] packed = new byte[Math.toIntExact(1 + Zstd.compressBound(plain.length))];
    packed[0] = ZSTD_WITH_DICTIONARY_1;
    long size = Zstd.compressFastDict(packed, 1, plain, 0, plain.length, COMPRESS);
    if (Zstd.isError(size)) {
      throw new IllegalStateException("cannot compress: " + Zstd.getErrorName(size));
    }
    return Arrays.copyOf(packed, 1 + (int) size);
  }

  /**
   * What was packed.
   *
   * @throws IllegalArgumentException if it was not packed here
   */
  static byte[] unpack(byte[] packed) {
    if (packed.length < 2 || packed[0] != ZSTD_WITH_DICTIONARY_1) {
      throw new IllegalArgumentException("packed in an unknown way");
    }
    long size = Zstd.getFrameContentSize(packed, 1, packed.length - 1);
    if (size < 0 || size > LONGEST) {
      throw new IllegalArgumentException("packed without a length");
    }
    byte[] plain = new byte[(int) size];
    try {
      long done = Zstd.decompressFastDict(plain, 0, packed, 1, packed.length - 1, DECOMPRESS);
      if (done != size) {
        throw new IllegalArgumentException("not what was packed");
      }
    } catch (ZstdException e) {
      throw new IllegalArgumentException("not what was packed", e);
    }
    return plain;
  }
}
