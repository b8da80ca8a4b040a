package dev.vigil.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;

/**
 * The key that signs tokens: RS256, 3072 bit, which the OpenID Connect part of SMART asks every
 * server to know. Made at the first start and kept as a JWK in {@code keys/signing.jwk} of the data
 * folder, readable by its owner only, so that tokens survive a restart.
 */
final class SigningKey {

  private static final int BITS = 3072;

  private SigningKey() {}

  static RSAKey loadOrCreate(Path data) {
    Path file = data.resolve("keys").resolve("signing.jwk");
    try {
      if (Files.exists(file)) {
        return RSAKey.parse(Files.readString(file));
      }
      RSAKey key =
          new RSAKeyGenerator(BITS)
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(JWSAlgorithm.RS256)
              .keyIDFromThumbprint(true)
              .generate();
      OwnerOnlyFiles.createFolder(file.getParent());
      OwnerOnlyFiles.write(file, key.toJSONString());
      return key;
    } catch (IOException e) {
      throw new UncheckedIOException("the signing key cannot be kept in " + file, e);
    } catch (ParseException e) {
      throw new IllegalStateException("no signing key can be read from " + file, e);
    } catch (JOSEException e) {
      throw new IllegalStateException("no signing key can be made", e);
    }
  }
}
