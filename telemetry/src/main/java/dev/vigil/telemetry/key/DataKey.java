package dev.vigil.telemetry.key;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A person's or tenant's key, unwrapped. Each use has a key of its own, derived by HMAC-SHA-256
 * from the 256-bit key and the name of the use.
 */
public final class DataKey {

  private static final String HMAC = "HmacSHA256";

  private final UUID id;
  private final SecretKey sealing;
  private final SecretKey digesting;
  private final SecretKey wrapping;

  DataKey(UUID id, byte[] key) {
    this.id = id;
    this.sealing = derive(key, "vigil seal 1", "AES");
    this.digesting = derive(key, "vigil digest 1", HMAC);
    this.wrapping = derive(key, "vigil wrap 1", "AES");
  }

  private static SecretKey derive(byte[] key, String use, String algorithm) {
    byte[] label = use.getBytes(StandardCharsets.US_ASCII);
    return new SecretKeySpec(mac(new SecretKeySpec(key, HMAC), label), algorithm);
  }

  private static byte[] mac(SecretKey key, byte[]... texts) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      for (byte[] text : texts) {
        mac.update(text);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }

  /** Names the key where something was sealed with it. Says nothing about whose it is. */
  public UUID id() {
    return id;
  }

  /** AES-256-GCM under a random nonce, which comes first. The context is bound, not kept. */
  public byte[] seal(byte[] plain, byte[] context) {
    return AesGcm.seal(sealing, plain, context);
  }

  /**
   * What was sealed.
   *
   * @throws IllegalArgumentException if it was not sealed with this key for this context
   */
  public byte[] open(byte[] sealed, byte[] context) {
    return AesGcm.open(sealing, sealed, context);
  }

  /**
   * HMAC-SHA-256 of context and text. Commits to the text, but once the key is gone nobody can try
   * out which text it was, however few there are to choose from.
   */
  public byte[] digest(byte[] plain, byte[] context) {
    return mac(digesting, context, plain);
  }

  byte[] wrap(byte[] key, String context) {
    return AesGcm.seal(wrapping, key, context.getBytes(StandardCharsets.UTF_8));
  }

  byte[] unwrap(byte[] wrapped, String context) {
    return AesGcm.open(wrapping, wrapped, context.getBytes(StandardCharsets.UTF_8));
  }

  /** Names the key only. */
  @Override
  public String toString() {
    return "DataKey[" + id + "]";
  }
}
