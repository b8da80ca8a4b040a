package dev.vigil.telemetry.key;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;

/**
 * Master keys in a PKCS#11 token. They are made in it, sensitive and not extractable, and named
 * {@code vigil-master-1} and on; the token itself encrypts with AES-GCM. When the token was away,
 * the next call logs in anew.
 */
public final class Pkcs11KeyService implements KeyService {

  private static final String PREFIX = "vigil-master-";

  private final Provider provider;
  private final char[] pin;
  private KeyStore token;

  /**
   * Opens the token.
   *
   * @param library the token's PKCS#11 library
   * @param slotListIndex place of the token in the library's list of slots, from 0
   * @param pin of the token's user; not copied
   * @throws KeyUnavailableException if library, token or PIN are wrong
   */
  public Pkcs11KeyService(Path library, int slotListIndex, char[] pin) {
    this.pin = pin;
    String configuration =
        """
        --name = vigil
        library = %s
        slotListIndex = %d
        attributes(generate, CKO_SECRET_KEY, CKK_AES) = {
          CKA_SENSITIVE = true
          CKA_EXTRACTABLE = false
          CKA_ENCRYPT = true
          CKA_DECRYPT = true
        }
        """
            .formatted(library.toAbsolutePath(), slotListIndex);
    try {
      this.provider = Security.getProvider("SunPKCS11").configure(configuration);
    } catch (RuntimeException e) {
      throw new KeyUnavailableException("no PKCS#11 token by " + library, e);
    }
    login();
  }

  @Override
  public synchronized WrappedKey wrap(byte[] key, String context) {
    try {
      login();
      String name = newest().orElse(null);
      if (name == null) {
        name = rotate();
      }
      Cipher cipher = Cipher.getInstance(AesGcm.TRANSFORMATION, provider);
      return new WrappedKey(name, AesGcm.seal(cipher, master(name), key, bytes(context)));
    } catch (GeneralSecurityException | ProviderException e) {
      throw new KeyUnavailableException("the PKCS#11 token does not wrap", e);
    }
  }

  @Override
  public synchronized byte[] unwrap(WrappedKey wrapped, String context) {
    try {
      if (!knows(wrapped.masterKey())) {
        throw new KeyUnavailableException(
            "master key " + wrapped.masterKey() + " is not in the PKCS#11 token");
      }
      Cipher cipher = Cipher.getInstance(AesGcm.TRANSFORMATION, provider);
      return AesGcm.open(cipher, master(wrapped.masterKey()), wrapped.bytes(), bytes(context));
    } catch (GeneralSecurityException | ProviderException e) {
      throw new KeyUnavailableException(
          "the PKCS#11 token does not unwrap with master key " + wrapped.masterKey(), e);
    }
  }

  @Override
  public synchronized boolean knows(String masterKey) {
    try {
      if (!token.isKeyEntry(masterKey)) {
        login();
      }
      return token.isKeyEntry(masterKey);
    } catch (GeneralSecurityException | ProviderException e) {
      throw new KeyUnavailableException("the PKCS#11 token does not answer", e);
    }
  }

  @Override
  public synchronized String rotate() {
    try {
      login();
      String name = PREFIX + (newest().map(Pkcs11KeyService::number).orElse(0) + 1);
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(256);
      token.setKeyEntry(name, generator.generateKey(), null, null);
      return name;
    } catch (GeneralSecurityException | ProviderException e) {
      throw new KeyUnavailableException("the PKCS#11 token makes no master key", e);
    }
  }

  private SecretKey master(String name) throws GeneralSecurityException {
    return (SecretKey) token.getKey(name, null);
  }

  private Optional<String> newest() throws GeneralSecurityException {
    return Collections.list(token.aliases()).stream()
        .filter(alias -> alias.matches(PREFIX + "\\d+"))
        .max(Comparator.comparingInt(Pkcs11KeyService::number));
  }

  private static int number(String name) {
    return Integer.parseInt(name.substring(PREFIX.length()));
  }

  /** Also reads anew which keys there are: another process may have made one. */
  private void login() {
    try {
      token = KeyStore.getInstance("PKCS11", provider);
      token.load(null, pin);
    } catch (IOException | GeneralSecurityException | ProviderException e) {
      throw new KeyUnavailableException("the PKCS#11 token refuses the login", e);
    }
  }

  private static byte[] bytes(String context) {
    return context.getBytes(StandardCharsets.UTF_8);
  }
}
