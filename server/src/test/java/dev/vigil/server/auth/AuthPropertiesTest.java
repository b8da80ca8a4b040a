package dev.vigil.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.server.auth.AuthProperties.DeclaredClient;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class AuthPropertiesTest {

  @Test
  void declaresAClientByEnvironmentVariablesAsTheGuideSays() {
    String hash = "$2y$10$Nv0KMQcAfefuGNEkzydCSOpSvMPa0Q1XMGF5ndJkxY7wy1SMxCO72";
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                "test-systemEnvironment",
                Map.of(
                    "VIGIL_AUTH_CLIENTS_0_ID", "gateway",
                    "VIGIL_AUTH_CLIENTS_0_SECRETHASH", hash,
                    "VIGIL_AUTH_CLIENTS_0_TENANT", "ward",
                    "VIGIL_AUTH_CLIENTS_0_SCOPES", "system/Observation.crus,system/Patient.crs")));

    AuthProperties properties =
        Binder.get(environment).bind("vigil.auth", AuthProperties.class).get();

    assertThat(properties.clients()).hasSize(1);
    DeclaredClient client = properties.clients().get(0);
    assertThat(client.id()).isEqualTo("gateway");
    assertThat(client.secretHash()).isEqualTo(hash);
    assertThat(client.tenant()).isEqualTo("ward");
    assertThat(client.scopes())
        .containsExactlyInAnyOrder("system/Observation.crus", "system/Patient.crs");
  }
}
