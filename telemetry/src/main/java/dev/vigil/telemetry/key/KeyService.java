package dev.vigil.telemetry.key;

/**
 * Holds the master keys and wraps other keys with them. A master key never leaves it.
 *
 * <p>The context of a wrapped key says what the key is for; it is not kept with it, and a wrapped
 * key opens under the same context only. So wrapped keys cannot be swapped.
 */
public interface KeyService {

  /**
   * Wraps with the newest master key; makes the first one.
   *
   * @throws KeyUnavailableException if the service cannot be reached or used
   */
  WrappedKey wrap(byte[] key, String context);

  /**
   * Unwraps.
   *
   * @throws KeyUnavailableException if the service cannot be reached, does not know the master key,
   *     or the key was not wrapped with it under this context
   */
  byte[] unwrap(WrappedKey wrapped, String context);

  /** Whether keys that were wrapped with this master key can be unwrapped. */
  boolean knows(String masterKey);

  /**
   * Makes a new master key, which wraps from now on. The older ones stay, to unwrap.
   *
   * @return its name
   */
  String rotate();
}
