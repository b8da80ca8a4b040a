package dev.vigil.simulator.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.simulator.FakeFhirServer;
import dev.vigil.simulator.ward.Registration;
import dev.vigil.simulator.ward.Ward;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FhirClientTest {

  private final FakeFhirServer server = new FakeFhirServer();
  private final FhirClient client = server.client();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void readsStatusAndReferenceOfEachEntry() {
    TransactionResult result = client.transaction(bundle());

    assertThat(result.created()).isEqualTo(result.entries().size()).isEqualTo(4);
    assertThat(result.entries().get(0)).isEqualTo(new TransactionResult.Entry(201, "Patient/1"));
    assertThat(client.transaction(bundle()).created()).isZero();
  }

  @Test
  void asksForATokenOnceWhileItIsGood() {
    client.transaction(bundle());
    client.transaction(bundle());

    assertThat(server.tokens()).isEqualTo(1);
  }

  @Test
  void renewsATokenBeforeItEnds() {
    server.tokenLifetime(0);

    client.transaction(bundle());
    client.transaction(bundle());

    assertThat(server.tokens()).isEqualTo(2);
  }

  @Test
  void takesANewTokenWhenTheOldOneIsRefused() {
    client.transaction(bundle());
    server.revokeTokens();

    assertThat(client.transaction(bundle()).entries()).hasSize(4);
    assertThat(server.tokens()).isEqualTo(2);
  }

  @Test
  void triesAgainWhileTheServerIsBusy() {
    server.answer(503, 429, 503);

    assertThat(client.transactionOnce(bundle()).created()).isEqualTo(4);
    assertThat(server.transactions()).hasSize(1);
  }

  @Test
  void waitsForAServerThatIsNotUpYet() throws InterruptedException {
    int port = server.port();
    server.close();
    FakeFhirServer[] second = new FakeFhirServer[1];
    Thread starter =
        new Thread(
            () -> {
              pause();
              second[0] = new FakeFhirServer(port);
            });
    starter.start();

    assertThat(client.transactionOnce(bundle()).created()).isEqualTo(4);
    starter.join();
    second[0].close();
  }

  @Test
  void givesUpWhenItsPatienceEnds() {
    FhirClient hasty =
        new FhirClient(
            server.base(),
            server.credentials(),
            new Patience(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(50)));
    server.close();

    assertThatThrownBy(() -> hasty.transaction(bundle()))
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("connection refused");
  }

  @Test
  void sendsAgainAfterALostAnswerOnlyWhatMayBeRepeated() {
    server.dropAnswers(1);
    assertThat(client.transaction(bundle()).created()).isZero();

    server.dropAnswers(1);
    assertThatThrownBy(() -> client.transactionOnce(bundle()))
        .isInstanceOf(UnreachableException.class);
  }

  @Test
  void namesTheElementOfARefusalAndNoContent() {
    server.answer(422);

    RefusedException refusal =
        catchThrowableOfType(() -> client.transaction(bundle()), RefusedException.class);

    assertThat(refusal.status()).isEqualTo(422);
    assertThat(refusal.mayPass()).isFalse();
    assertThat(refusal).hasMessage("HTTP 422: invalid at Observation.value");
  }

  private static ObjectNode bundle() {
    return Registration.bundle(Ward.mixed("WIRE", 1, 1).patients().subList(0, 1));
  }

  private static void pause() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
