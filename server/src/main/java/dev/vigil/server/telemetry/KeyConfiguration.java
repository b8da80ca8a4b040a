package dev.vigil.server.telemetry;

import dev.vigil.server.database.DatabaseProperties;
import dev.vigil.telemetry.erasure.ErasePerson;
import dev.vigil.telemetry.erasure.ErasureSweep;
import dev.vigil.telemetry.erasure.ErasureTable;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.key.KeyRotation;
import dev.vigil.telemetry.key.KeyService;
import dev.vigil.telemetry.key.SigningKeys;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.FileWitness;
import dev.vigil.telemetry.log.HeadSigning;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.telemetry.retention.LegalHolds;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The keys of the log and the witness of its heads. The start fails when a master key is missing
 * that the database needs.
 */
@Configuration(proxyBeanMethods = false)
class KeyConfiguration {

  @Bean
  KeyService keyService(KeyProperties properties, DatabaseProperties database) {
    return properties.open(database.data());
  }

  @Bean
  DataKeys dataKeys(DataSource dataSource, KeyService service, Clock clock) {
    return new DataKeys(dataSource, service, clock);
  }

  @Bean
  KeyRotation keyRotation(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      KeyService service,
      DataKeys keys,
      Clock clock) {
    KeyRotation rotation = new KeyRotation(dataSource, transactions, service, keys, clock);
    rotation.demandMasterKeys();
    return rotation;
  }

  @Bean
  HeadSigning headSigning(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      KeyService service,
      WitnessProperties properties,
      DatabaseProperties database,
      Clock clock) {
    return new HeadSigning(
        dataSource,
        transactions,
        new SigningKeys(dataSource, service, clock),
        new FileWitness(WitnessProperties.file(properties.file(), database.data())),
        clock,
        properties.interval());
  }

  @Bean
  ErasureTable erasureTable(DataSource dataSource) {
    return new ErasureTable(dataSource);
  }

  @Bean
  ErasureSweep erasureSweep(
      PlatformTransactionManager transactions,
      Observations observations,
      ErasureTable table,
      ErasureSweep.Copies copies,
      Clock clock) {
    return new ErasureSweep(
        new TransactionTemplate(transactions), observations, table, copies, clock);
  }

  @Bean
  ErasePerson erasePerson(
      PlatformTransactionManager transactions,
      EventLog log,
      DataKeys keys,
      Readings readings,
      LegalHolds holds,
      ErasureTable table,
      Clock clock) {
    return new ErasePerson(
        new TransactionTemplate(transactions), log, keys, readings, holds, table, clock);
  }
}
