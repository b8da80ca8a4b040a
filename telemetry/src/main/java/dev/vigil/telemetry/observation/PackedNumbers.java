package dev.vigil.telemetry.observation;

/**
 * Whole numbers as {@code first + n * step + unit * the n-th number of the bytes}, all of which
 * have the same width and no sign, the highest byte first.
 *
 * @param first added to all
 * @param step what each is more than the one before, about
 * @param unit what all that is left is a multiple of
 * @param bytes as many for each, perhaps none
 */
record PackedNumbers(long first, long step, long unit, byte[] bytes) {

  /** Of numbers between plus and minus 2 to the 61st, at least one, that have a common unit. */
  static PackedNumbers of(long[] numbers) {
    return of(numbers, true);
  }

  /** The same with the unit 1. */
  static PackedNumbers ofOnes(long[] numbers) {
    return of(numbers, false);
  }

  private static PackedNumbers of(long[] numbers, boolean united) {
    int last = numbers.length - 1;
    long step = last > 0 ? Math.floorDiv(numbers[last] - numbers[0], last) : 0;
    long[] left = new long[numbers.length];
    long least = Long.MAX_VALUE;
    for (int n = 0; n <= last; n++) {
      left[n] = numbers[n] - n * step;
      least = Math.min(least, left[n]);
    }
    long unit = 0;
    long most = 0;
    for (int n = 0; n <= last; n++) {
      left[n] -= least;
      unit = united ? gcd(left[n], unit) : 1;
      most = Math.max(most, left[n]);
    }
    unit = Math.max(1, unit);
    int width = (Long.SIZE - Long.numberOfLeadingZeros(most / unit) + 7) / 8;
    byte[] bytes = new byte[width * numbers.length];
    for (int n = 0; n <= last; n++) {
      put(bytes, n, width, left[n] / unit);
    }
    return new PackedNumbers(least, step, unit, bytes);
  }

  /** Writes the n-th number of a width. */
  static void put(byte[] bytes, int n, int width, long number) {
    for (int i = 0; i < width; i++) {
      bytes[n * width + i] = (byte) (number >>> 8 * (width - 1 - i));
    }
  }

  private static long gcd(long a, long b) {
    long greater = a;
    long rest = b;
    while (rest != 0) {
      long next = greater % rest;
      greater = rest;
      rest = next;
    }
    return greater;
  }
}
