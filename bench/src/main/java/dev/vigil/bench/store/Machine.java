package dev.vigil.bench.store;

import java.util.Locale;

/** On what a table was made. */
final class Machine {

  private Machine() {}

  static String line(String heap) {
    return String.format(
        Locale.ROOT,
        "%d cores, %s %s, Java %s, heap %s a server; load and servers share the cores",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        System.getProperty("java.version"),
        heap);
  }
}
