package dev.vigil.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerOnlyFilesTest {

  @TempDir Path data;

  @Test
  void theSigningKeyIsKeptForItsOwnerAndFoundAgain() throws IOException {
    String first = SigningKey.loadOrCreate(data).getKeyID();

    assertThat(SigningKey.loadOrCreate(data).getKeyID()).isEqualTo(first);
    assertThat(mode(data.resolve("keys"))).isEqualTo("rwx------");
    assertThat(mode(data.resolve("keys/signing.jwk"))).isEqualTo("rw-------");
  }

  @Test
  void theDemoKeepsItsCredentialsAndTellsThemToItsOwnerOnly() throws IOException {
    DemoCredentials first = DemoCredentials.create(data);

    assertThat(DemoCredentials.create(data)).isEqualTo(first);
    assertThat(DemoCredentials.load(data)).isEqualTo(first);
    assertThat(mode(data.resolve(DemoCredentials.FILE))).isEqualTo("rw-------");
    assertThat(first.clients()).containsOnlyKeys("demo-gateway", "demo-ehr", "demo-admin");
    assertThat(first.users())
        .containsOnlyKeys("physician", "nurse", "patient", "engineer", "admin");
    assertThat(first.secondFactors().keySet()).isEqualTo(first.users().keySet());
    assertThat(first.secondFactors().values()).allMatch(secret -> secret.matches("[A-Z2-7]{32}"));
    assertThat(first.toString())
        .doesNotContain(first.secret("demo-admin"), first.secondFactors().get("nurse"));
  }

  @Test
  void saysWhenNoDemoEverRan() {
    assertThatThrownBy(() -> DemoCredentials.load(data))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(DemoCredentials.FILE);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
