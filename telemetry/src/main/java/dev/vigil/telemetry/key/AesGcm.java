package dev.vigil.telemetry.key;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front and a 128-bit tag behind. With
 * random nonces a key is good for 2^32 messages.
 */
final class AesGcm {

  static final String TRANSFORMATION = "AES/GCM/NoPadding";
  static final int NONCE_BYTES = 12;
  static final int TAG_BITS = 128;

  private static final SecureRandom RANDOM = new SecureRandom();

  private AesGcm() {}

  /** A new AES-256 key. */
  static byte[] newKey() {
    return random(32);
  }

  static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return random;
  }

  /** Encrypts; the context is authenticated and not kept. */
  static byte[] seal(SecretKey key, byte[] plain, byte[] context) {
    try {
      return seal(Cipher.getInstance(TRANSFORMATION), key, plain, context);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }

  static byte[] seal(Cipher cipher, SecretKey key, byte[] plain, byte[] context)
      throws GeneralSecurityException {
    byte[] nonce = random(NONCE_BYTES);
    cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(context);
    byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + plain.length + TAG_BITS / 8);
    int written = cipher.doFinal(plain, 0, plain.length, sealed, NONCE_BYTES);
    if (NONCE_BYTES + written != sealed.length) {
      throw new IllegalStateException("unexpected length of a ciphertext");
    }
    return sealed;
  }

  /**
   * Decrypts.
   *
   * @throws IllegalArgumentException if key, context or ciphertext do not belong together
   */
  static byte[] open(SecretKey key, byte[] sealed, byte[] context) {
    try {
      return open(Cipher.getInstance(TRANSFORMATION), key, sealed, context);
    } catch (AEADBadTagException e) {
      throw new IllegalArgumentException("not sealed with this key for this place", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }

  static byte[] open(Cipher cipher, SecretKey key, byte[] sealed, byte[] context)
      throws GeneralSecurityException {
    if (sealed.length < NONCE_BYTES + TAG_BITS / 8) {
      throw new AEADBadTagException("too short");
    }
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES));
    cipher.updateAAD(context);
    return cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
  }
}
