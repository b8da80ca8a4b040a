package dev.vigil.server.observation;

import ca.uhn.fhir.rest.api.Constants;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Ids of requests, as HAPI makes them; each resource keeps in {@code meta.source} which one wrote
 * it.
 */
public final class RequestIds {

  private static final Pattern TAKEN = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private RequestIds() {}

  /** Whether HAPI takes over an id that a client or a proxy gave, and every one in doubt not. */
  public static boolean isTaken(String given) {
    return TAKEN.matcher(given).matches();
  }

  /** What of an id is kept with what the request wrote. */
  public static String kept(String id) {
    return id.length() <= Constants.REQUEST_ID_LENGTH
        ? id
        : id.substring(0, Constants.REQUEST_ID_LENGTH);
  }

  /** A new one: 16 letters and digits. */
  public static String next() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    StringBuilder id = new StringBuilder(Constants.REQUEST_ID_LENGTH);
    for (int i = 0; i < Constants.REQUEST_ID_LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
