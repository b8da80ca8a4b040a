package dev.vigil.telemetry.key;

/**
 * A key that a master key has encrypted.
 *
 * @param masterKey name of the master key
 * @param bytes nonce, ciphertext and tag; not copied
 */
public record WrappedKey(String masterKey, byte[] bytes) {

  /** Names the master key only. */
  @Override
  public String toString() {
    return "WrappedKey[" + masterKey + "]";
  }
}
