package dev.vigil.server.fhir;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids of requests, as HAPI makes them; each resource keeps in {@code meta.source} which one wrote
 * it.
 */
public final class RequestIds {

  private static final int LENGTH = 16;
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private RequestIds() {}

  /** A new one: 16 letters and digits. */
  public static String next() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
