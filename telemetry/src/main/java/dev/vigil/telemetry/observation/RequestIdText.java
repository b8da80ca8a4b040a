package dev.vigil.telemetry.observation;

/**
 * What {@code meta.source} says of a request, {@code #} and sixteen letters and digits, in twelve
 * bytes: it stands in every row.
 */
final class RequestIdText {

  static final int BYTES = 12;

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int HALF = 8;

  private RequestIdText() {}

  /** Null for any other text. */
  static byte[] pack(String text) {
    if (text.length() != 1 + 2 * HALF || text.charAt(0) != '#') {
      return null;
    }
    byte[] packed = new byte[BYTES];
    for (int half = 0; half < 2; half++) {
      long number = 0;
      for (int i = 0; i < HALF; i++) {
        int digit = ALPHABET.indexOf(text.charAt(1 + half * HALF + i));
        if (digit < 0) {
          return null;
        }
        number = number * ALPHABET.length() + digit;
      }
      for (int i = BYTES / 2 - 1; i >= 0; i--) {
        packed[half * BYTES / 2 + i] = (byte) number;
        number >>>= Byte.SIZE;
      }
    }
    return packed;
  }

  static String unpack(byte[] packed) {
    char[] text = new char[1 + 2 * HALF];
    text[0] = '#';
    for (int half = 0; half < 2; half++) {
      long number = 0;
      for (int i = 0; i < BYTES / 2; i++) {
        number = number << Byte.SIZE | packed[half * BYTES / 2 + i] & 0xFF;
      }
      for (int i = HALF - 1; i >= 0; i--) {
        text[1 + half * HALF + i] = ALPHABET.charAt((int) (number % ALPHABET.length()));
        number /= ALPHABET.length();
      }
    }
    return new String(text);
  }
}
