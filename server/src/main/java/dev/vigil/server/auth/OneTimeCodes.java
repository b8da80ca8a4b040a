package dev.vigil.server.auth;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.binary.Base32;

/**
 * The codes of authenticator apps: TOTP of RFC 6238 with what every app knows, which is HMAC-SHA-1,
 * six digits and steps of 30 seconds. A clock may be off by one step. A code is taken once, and so
 * is every earlier one (RFC 6238, section 5.2).
 */
public final class OneTimeCodes {

  private static final int ALLOWED_STEPS = 1;

  private final TimeBasedOneTimePasswordGenerator generator =
      new TimeBasedOneTimePasswordGenerator();
  private final Map<String, String> secrets;
  private final Map<String, Long> lastStep = new HashMap<>();

  /** Of these users' secrets, in Base32 by login name. */
  public OneTimeCodes(Map<String, String> secrets) {
    this.secrets = Map.copyOf(secrets);
  }

  /**
   * The code that a user's app shows.
   *
   * @throws IllegalArgumentException if the user has no secret
   */
  public String code(String user, Instant now) {
    String secret = secrets.get(user);
    if (secret == null) {
      throw new IllegalArgumentException("no user of that name has a second factor");
    }
    try {
      return generator.generateOneTimePasswordString(
          new SecretKeySpec(new Base32().decode(secret), generator.getAlgorithm()), now);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("a second factor's secret is no key", e);
    }
  }

  /** Whether the code is right and was not taken before; if so it is taken now. */
  synchronized boolean take(String user, String code, Instant now) {
    if (!secrets.containsKey(user)) {
      return false;
    }
    long seconds = generator.getTimeStep().toSeconds();
    long present = now.getEpochSecond() / seconds;
    long first = Math.max(present - ALLOWED_STEPS, lastStep.getOrDefault(user, 0L) + 1);
    for (long step = first; step <= present + ALLOWED_STEPS; step++) {
      if (same(code(user, Instant.ofEpochSecond(step * seconds)), code)) {
        lastStep.put(user, step);
        return true;
      }
    }
    return false;
  }

  private static boolean same(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
