package dev.vigil.server.telemetry;

import dev.vigil.server.database.QuestionConnections;
import dev.vigil.telemetry.aggregate.AggregateReader;
import dev.vigil.telemetry.aggregate.Aggregates;
import dev.vigil.telemetry.aggregate.Aggregation;
import dev.vigil.telemetry.delivery.Channel;
import dev.vigil.telemetry.delivery.DeliveryPolicy;
import dev.vigil.telemetry.delivery.DeliveryRunner;
import dev.vigil.telemetry.device.DeviceAssignments;
import dev.vigil.telemetry.device.PostgresDeviceAssignments;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.key.DataKeys;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.LogTail;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.observation.IndexExtractor;
import dev.vigil.telemetry.observation.ObservationPartitions;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.observation.PostgresObservations;
import dev.vigil.telemetry.reader.LogReader;
import dev.vigil.telemetry.reader.LogReaderRunner;
import dev.vigil.telemetry.reader.ReaderHealth;
import dev.vigil.telemetry.reading.PostgresReadings;
import dev.vigil.telemetry.reading.ReadingHistory;
import dev.vigil.telemetry.reading.ReadingShapes;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.telemetry.series.SeriesReader;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.RangeTable;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The parts of {@code telemetry} on the server's DataSource. */
@Configuration(proxyBeanMethods = false)
class TelemetryConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  LogSignal logSignal() {
    return new LogSignal();
  }

  @Bean
  EventLog eventLog(DataSource dataSource, DataKeys keys, Clock clock, LogSignal signal) {
    return new PostgresEventLog(dataSource, keys, clock, signal);
  }

  @Bean
  Readings readings(DataSource dataSource, MetricCatalog catalog) {
    return new PostgresReadings(dataSource, catalog);
  }

  @Bean
  ReadingHistory readingHistory(DataSource dataSource, MetricCatalog catalog) {
    return new ReadingHistory(dataSource, catalog);
  }

  /** Looks first at the shapes that an older version left unread. */
  @Bean
  ReadingShapes readingShapes(
      DataSource dataSource, MetricCatalog catalog, PlatformTransactionManager transactions) {
    ReadingShapes shapes = new ReadingShapes(dataSource, catalog);
    new TransactionTemplate(transactions).executeWithoutResult(status -> shapes.readUnread());
    return shapes;
  }

  @Bean
  Aggregation aggregation(MetricCatalog catalog) {
    return new Aggregation(catalog, RangeTable.standard());
  }

  @Bean
  AggregateReader aggregateReader(DataSource dataSource, Aggregation aggregation) {
    return new AggregateReader(dataSource, aggregation);
  }

  @Bean
  SeriesReader seriesReader(
      DataSource dataSource,
      ReadingHistory history,
      Aggregation aggregation,
      ReaderHealth health,
      LogReaderRunner readers) {
    return new SeriesReader(
        history, new Aggregates(dataSource), aggregation, health, readers::hurry);
  }

  @Bean
  ObservationPartitions observationPartitions(DataSource dataSource) {
    return new ObservationPartitions(dataSource);
  }

  /** The extractor comes from HAPI, whose beans in turn need the store. */
  @Bean
  Observations observations(
      DataSource dataSource,
      QuestionConnections questions,
      ObservationPartitions partitions,
      @Lazy IndexExtractor extractor,
      ReadingShapes shapes) {
    return new PostgresObservations(
        dataSource, questions.dataSource(), partitions, extractor, shapes);
  }

  @Bean
  PostgresDeviceAssignments deviceAssignments(DataSource dataSource, MetricCatalog catalog) {
    return new PostgresDeviceAssignments(dataSource, catalog);
  }

  @Bean
  ReaderHealth readerHealth(DataSource dataSource, Clock clock) {
    return new ReaderHealth(dataSource, clock);
  }

  @Bean
  MetricCatalog metricCatalog() {
    return MetricCatalog.standard();
  }

  @Bean
  ReadingCheck readingCheck(MetricCatalog catalog, DeviceAssignments devices, Clock clock) {
    return new ReadingCheck(catalog, devices, clock);
  }

  @Bean
  LogTail logTail(EventLog log, LogSignal signal) {
    return new LogTail(log, signal);
  }

  @Bean
  LogReaderRunner logReaderRunner(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      EventLog log,
      LogSignal signal,
      Clock clock,
      MeterRegistry meters,
      List<LogReader> readers) {
    return new LogReaderRunner(dataSource, transactions, log, signal, clock, meters, readers);
  }

  @Bean
  DeliveryRunner deliveryRunner(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      EventLog log,
      LogSignal signal,
      Clock clock,
      MeterRegistry meters,
      List<Channel> channels) {
    return new DeliveryRunner(
        dataSource, transactions, log, signal, clock, meters, DeliveryPolicy.standard(), channels);
  }
}
