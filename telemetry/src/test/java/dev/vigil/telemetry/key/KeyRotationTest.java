package dev.vigil.telemetry.key;

import static dev.vigil.telemetry.TestReadings.DEVICE;
import static dev.vigil.telemetry.TestReadings.NOON;
import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.PatientId;
import dev.vigil.core.Quantity;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.TestReadings;
import dev.vigil.telemetry.log.ChainVerifier;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationTest {

  private static final Source SOURCE = new Source("fhir", "gateway");

  @TempDir Path folder;
  private TestDatabase database;
  private KeyService service;

  @BeforeEach
  void open() {
    database = TestDatabase.fresh();
    service = new LocalKeystore(folder.resolve("master.keys"));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private PostgresEventLog log(KeyService keyService) {
    return new PostgresEventLog(
        database.dataSource(),
        new DataKeys(database.dataSource(), keyService, Clock.systemUTC()),
        Clock.systemUTC(),
        new LogSignal());
  }

  private KeyRotation rotation() {
    return new KeyRotation(
        database.dataSource(),
        database.transactionManager(),
        service,
        new DataKeys(database.dataSource(), service, Clock.systemUTC()),
        Clock.systemUTC());
  }

  private static ResourcesWritten about(int n) {
    return new ResourcesWritten(
        List.of(new ResourceChange("Device", "d-" + n, 1, ResourceChange.Action.CREATED)),
        List.of(
            TestReadings.reading(
                "o-" + n,
                DEVICE,
                new PatientId("p-" + n % 250),
                Quantity.of("5.1", "mmol/L"),
                NOON)));
  }

  @Test
  @Timeout(90)
  void wrapsAnewWhileAppendsGoOnAndEverythingStaysReadable() throws Exception {
    PostgresEventLog log = log(service);
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger appended = new AtomicInteger();
    CompletableFuture<Void> appender =
        CompletableFuture.runAsync(
            () -> {
              while (!done.get()) {
                database
                    .transactions()
                    .executeWithoutResult(
                        status -> log.append(TENANT, SOURCE, about(appended.incrementAndGet())));
              }
            });
    while (appended.get() < 300 && !appender.isDone()) {
      Thread.sleep(20);
    }
    int during = appended.get();
    for (int i = 0; i < 2; i++) {
      assertThat(rotation().rotateMaster()).isPositive();
      assertThat(rotation().rotateTenant(TENANT)).isPositive();
    }
    assertThat(appended.get()).isGreaterThan(during);
    done.set(true);
    appender.get();
    rotation().rotateTenant(TENANT);
    rotation().rotateMaster();

    assertThat(distinct("select count(distinct master_key) from telemetry.tenant_key")).isOne();
    assertThat(distinct("select count(distinct tenant_key_id) from telemetry.person_key")).isOne();
    PostgresEventLog another = log(new LocalKeystore(folder.resolve("master.keys")));
    int read = 0;
    List<LoggedEvent> batch = another.read(0, 200);
    while (!batch.isEmpty()) {
      for (LoggedEvent event : batch) {
        assertThat(event.event()).isEqualTo(about(++read));
      }
      batch = another.read(read, 200);
    }
    assertThat(read).isEqualTo(appended.get());
    assertThat(new ChainVerifier(database.dataSource()).verify().broken()).isEmpty();
  }

  @Test
  void namesTheMasterKeyThatIsMissing() throws Exception {
    database
        .transactions()
        .executeWithoutResult(status -> log(service).append(TENANT, SOURCE, written("a")));
    rotation().demandMasterKeys();
    String name = Files.readString(folder.resolve("master.keys")).split(" ")[0];
    Files.delete(folder.resolve("master.keys"));

    service = new LocalKeystore(folder.resolve("master.keys"));

    assertThatThrownBy(() -> rotation().demandMasterKeys())
        .isInstanceOf(KeyUnavailableException.class)
        .hasMessageContaining(name);
    assertThatThrownBy(() -> log(service).read(0, 1)).isInstanceOf(KeyUnavailableException.class);
    assertThat(folder.resolve("master.keys")).doesNotExist();
  }

  private int distinct(String count) {
    return database.jdbc().sql(count).query(Integer.class).single();
  }
}
