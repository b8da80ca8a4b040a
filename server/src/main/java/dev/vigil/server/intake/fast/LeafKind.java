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
  NUMBER;

  private static final int LONGEST_TEXT = 200;
  private static final int LONGEST_ID = 64;
  private static final int LONGEST_NUMBER = 15;

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
                });
    if (this == NUMBER) {
      return endOfNumber(text, from, most);
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

  static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }
}
