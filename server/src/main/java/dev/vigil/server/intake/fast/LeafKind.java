package dev.vigil.server.intake.fast;

/** What may stand in a hole of a client's text, each in the one way of writing that is taken. */
enum LeafKind {
  /** A text of printable ASCII without space, quote and backslash. */
  TEXT,
  /** An id: letters, digits, hyphens and points. */
  ID,
  /** A moment to the second or millisecond with its offset, see {@link Moment}. */
  TIME,
  /** A decimal without exponent. */
  NUMBER,
  /** A whole number of at most nine digits. */
  INTEGER,
  /**
   * Words with one space between them, in letters of the alphabets below U+0800; no quote,
   * backslash or character that HTML knows.
   */
  FREE,
  /** Decimals, {@code E}, {@code U} and {@code L} with one space between them. */
  SAMPLES;

  private static final int LONGEST_TEXT = 200;
  private static final int LONGEST_ID = 64;
  private static final int LONGEST_NUMBER = 15;
  private static final int LONGEST_INTEGER = 9;
  private static final int LONGEST_FREE = 4_000;
  private static final int LONGEST_SAMPLES = 100_000;

  /** Where a leaf that begins there ends; -1 if none of this kind begins there. */
  int end(byte[] text, int from) {
    int at = from;
    int most =
        Math.min(
            text.length,
            from
                + switch (this) {
                  case TEXT -> LONGEST_TEXT;
                  case ID -> LONGEST_ID;
                  case TIME -> Moment.LONGEST;
                  case NUMBER -> LONGEST_NUMBER;
                  case INTEGER -> LONGEST_INTEGER;
                  case FREE -> LONGEST_FREE;
                  case SAMPLES -> LONGEST_SAMPLES;
                });
    switch (this) {
      case NUMBER -> {
        return endOfNumber(text, from, most);
      }
      case INTEGER -> {
        int end = endOfNumber(text, from, most);
        return isFraction(text, from, end) ? -1 : end;
      }
      case FREE -> {
        return endOfWords(text, from, most);
      }
      case SAMPLES -> {
        return endOfSamples(text, from, most);
      }
      default -> {
        // One character after the other.
      }
    }
    while (at < most && inside(text[at])) {
      at++;
    }
    return at == from ? -1 : at;
  }

  private boolean inside(byte character) {
    return this == ID
        ? character >= 'a' && character <= 'z'
            || character >= 'A' && character <= 'Z'
            || character >= '0' && character <= '9'
            || character == '-'
            || character == '.'
        : character > ' ' && character < 0x7F && character != '"' && character != '\\';
  }

  /** As JSON writes a number, but neither an exponent nor a zero with a sign. */
  private static int endOfNumber(byte[] text, int from, int most) {
    int at = from;
    boolean negative = at < most && text[at] == '-';
    if (negative) {
      at++;
    }
    int whole = at;
    boolean zero = true;
    while (at < most && isDigit(text[at])) {
      zero &= text[at] == '0';
      at++;
    }
    if (at == whole || at - whole > 1 && text[whole] == '0') {
      return -1;
    }
    if (at < most && text[at] == '.') {
      int decimals = ++at;
      while (at < most && isDigit(text[at])) {
        zero &= text[at] == '0';
        at++;
      }
      if (at == decimals) {
        return -1;
      }
    }
    return negative && zero ? -1 : at;
  }

  private static boolean isFraction(byte[] text, int from, int end) {
    for (int at = from; at < end; at++) {
      if (text[at] == '.') {
        return true;
      }
    }
    return false;
  }

  private static int endOfWords(byte[] text, int from, int most) {
    int at = from;
    boolean inWord = false;
    while (at < most && text[at] != '"') {
      int length = lengthInWords(text, at, most);
      boolean space = text[at] == ' ';
      if (length == 0 || space && !inWord) {
        return -1;
      }
      inWord = !space;
      at += length;
    }
    return inWord ? at : -1;
  }

  /** Bytes of the character, of which UTF-8 needs two from U+00A1 to U+07FF; 0 for any other. */
  private static int lengthInWords(byte[] text, int at, int most) {
    int first = text[at] & 0xFF;
    if (first < 0x80) {
      return first >= ' ' && first < 0x7F && "\\<>&".indexOf(first) < 0 ? 1 : 0;
    }
    int second = at + 1 < most ? text[at + 1] & 0xFF : 0;
    boolean letter =
        first >= 0xC2 && first <= 0xDF && second >= (first == 0xC2 ? 0xA1 : 0x80) && second <= 0xBF;
    return letter ? 2 : 0;
  }

  private static int endOfSamples(byte[] text, int from, int most) {
    int at = from;
    while (true) {
      int end =
          at < most && (text[at] == 'E' || text[at] == 'U' || text[at] == 'L')
              ? at + 1
              : endOfNumber(text, at, Math.min(most, at + LONGEST_NUMBER));
      if (end < 0 || end >= most || text[end] != ' ') {
        return end;
      }
      at = end + 1;
    }
  }

  static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }
}
