package dev.vigil.telemetry.log;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
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

  /** The number of the dictionary for what is packed now. The number is also the way's byte. */
  static final int NEWEST = 2;

  private static final int LEVEL = 3;

  /** No request is larger by far; a length beyond it is damage. */
  private static final long LONGEST = 1L << 30;

  private static final ZstdDictCompress COMPRESS = new ZstdDictCompress(dictionary(NEWEST), LEVEL);
  private static final ZstdDictDecompress[] DECOMPRESS = {
    new ZstdDictDecompress(dictionary(1)), new ZstdDictDecompress(dictionary(2))
  };

  /** A thread keeps its own: making one costs more than packing a small part. */
  private static final ThreadLocal<ZstdCompressCtx> PACKERS =
      ThreadLocal.withInitial(() -> new ZstdCompressCtx().setLevel(LEVEL).loadDict(COMPRESS));

  private static final ThreadLocal<ZstdDecompressCtx> UNPACKERS =
      ThreadLocal.withInitial(ZstdDecompressCtx::new);

  private Packing() {}

  static byte[] dictionary(int number) {
    String name = "part-dictionary-" + number + ".txt";
    try (InputStream text = Packing.class.getResourceAsStream(name)) {
      return text.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read", e);
    }
  }

  static byte[] pack(byte[] plain) {
    byte[] packed = new byte[Math.toIntExact(1 + Zstd.compressBound(plain.length))];
    packed[0] = NEWEST;
    int size =
        PACKERS.get().compressByteArray(packed, 1, packed.length - 1, plain, 0, plain.length);
    return Arrays.copyOf(packed, 1 + size);
  }

  /**
   * What was packed.
   *
   * @throws IllegalArgumentException if it was not packed here
   */
  static byte[] unpack(byte[] packed) {
    if (packed.length < 2 || packed[0] < 1 || packed[0] > NEWEST) {
      throw new IllegalArgumentException("packed in an unknown way");
    }
    long size = Zstd.getFrameContentSize(packed, 1, packed.length - 1);
    if (size < 0 || size > LONGEST) {
      throw new IllegalArgumentException("packed without a length");
    }
    byte[] plain = new byte[(int) size];
    try {
      int done =
          UNPACKERS
              .get()
              .loadDict(DECOMPRESS[packed[0] - 1])
              .decompressByteArray(plain, 0, plain.length, packed, 1, packed.length - 1);
      if (done != size) {
        throw new IllegalArgumentException("not what was packed");
      }
    } catch (ZstdException e) {
      throw new IllegalArgumentException("not what was packed", e);
    }
    return plain;
  }
}
