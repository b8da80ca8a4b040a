package dev.vigil.server.telemetry;

import dev.vigil.telemetry.key.KeyService;
import dev.vigil.telemetry.key.LocalKeystore;
import dev.vigil.telemetry.key.Pkcs11KeyService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.validation.annotation.Validated;

/**
 * Where the master keys are.
 *
 * @param provider {@code local}, a file; or {@code pkcs11}, a token
 * @param file of the local keystore; empty for {@code keys/master.keys} in the data folder
 * @param pkcs11 the token
 */
@Validated
@ConfigurationProperties("vigil.keys")
public record KeyProperties(
    @DefaultValue("local") Provider provider,
    @DefaultValue("") String file,
    @DefaultValue Pkcs11 pkcs11) {

  /** Kinds of key services. */
  public enum Provider {
    /** A file that its owner alone can read. */
    LOCAL,
    /** A PKCS#11 token: a hardware security module, or SoftHSM. */
    PKCS11
  }

  /**
   * A PKCS#11 token.
   *
   * @param library path of the token's library
   * @param slot place of the token in the library's list of slots, from 0
   * @param pin of the token's user
   * @param pinFile a file that holds the PIN, instead of it
   */
  public record Pkcs11(
      @DefaultValue("") String library,
      @DefaultValue("0") int slot,
      @DefaultValue("") String pin,
      @DefaultValue("") String pinFile) {

    private char[] readPin() {
      if (pinFile.isBlank()) {
        return pin.toCharArray();
      }
      try {
        return Files.readString(Path.of(pinFile)).strip().toCharArray();
      } catch (IOException e) {
        throw new UncheckedIOException("the file of the PIN cannot be read: " + pinFile, e);
      }
    }

    /** Hides the PIN. */
    @Override
    public String toString() {
      return "Pkcs11[" + library + ", " + slot + "]";
    }
  }

  /** The settings of a command, from environment variables alone. */
  public static KeyProperties ofEnvironment() {
    MutablePropertySources sources = new MutablePropertySources();
    MapPropertySource environment =
        new SystemEnvironmentPropertySource("systemEnvironment", Map.copyOf(System.getenv()));
    sources.addLast(environment);
    return new Binder(ConfigurationPropertySources.from(sources))
        .bindOrCreate("vigil.keys", KeyProperties.class);
  }

  /**
   * The key service.
   *
   * @param data the data folder
   * @throws dev.vigil.telemetry.key.KeyUnavailableException if the token cannot be used
   */
  public KeyService open(Path data) {
    return switch (provider) {
      case LOCAL ->
          new LocalKeystore(
              file.isBlank() ? data.resolve("keys").resolve("master.keys") : Path.of(file));
      case PKCS11 ->
          new Pkcs11KeyService(Path.of(pkcs11.library()), pkcs11.slot(), pkcs11.readPin());
    };
  }
}
