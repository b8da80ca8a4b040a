package dev.vigil.telemetry.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every key service does; SoftHSM's test runs the same. */
class KeyServiceTest {

  @TempDir Path folder;

  /** The supplier opens the same keys anew, as another process would. */
  static void behaves(Supplier<KeyService> open) {
    KeyService service = open.get();
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);

    WrappedKey first = service.wrap(key, "tenant demo");
    assertThat(service.unwrap(first, "tenant demo")).isEqualTo(key);
    assertThat(service.wrap(key, "tenant demo").bytes()).isNotEqualTo(first.bytes());
    assertThatThrownBy(() -> service.unwrap(first, "tenant other"))
        .isInstanceOf(KeyUnavailableException.class);

    KeyService second = open.get();
    String rotated = second.rotate();
    assertThat(rotated).isNotEqualTo(first.masterKey());
    assertThat(service.knows(rotated)).isTrue();
    assertThat(service.knows("vigil-master-77")).isFalse();
    assertThat(service.wrap(key, "x").masterKey()).isEqualTo(rotated);
    assertThat(second.unwrap(first, "tenant demo")).isEqualTo(key);
    assertThatThrownBy(() -> second.unwrap(new WrappedKey(rotated, first.bytes()), "tenant demo"))
        .isInstanceOf(KeyUnavailableException.class);
    assertThatThrownBy(() -> second.unwrap(new WrappedKey("none", first.bytes()), "tenant demo"))
        .isInstanceOf(KeyUnavailableException.class);
  }

  @Test
  void aLocalKeystoreWrapsUnwrapsAndRotates() {
    Path file = folder.resolve("keys").resolve("master.keys");

    behaves(() -> new LocalKeystore(file));
  }

  @Test
  void aLocalKeystoreIsForItsOwnerAlone() throws Exception {
    Path file = folder.resolve("keys").resolve("master.keys");
    new LocalKeystore(file).wrap(new byte[32], "x");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void aDamagedKeystoreIsNotReplaced() throws Exception {
    Path file = folder.resolve("master.keys");
    Files.writeString(file, "damaged\n");

    assertThatThrownBy(() -> new LocalKeystore(file).wrap(new byte[32], "x"))
        .isInstanceOf(KeyUnavailableException.class);
    assertThat(file).hasContent("damaged\n");
  }
}
