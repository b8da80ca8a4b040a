package dev.vigil.server.alert;

import ca.uhn.fhir.interceptor.api.IInterceptorService;
import dev.vigil.subscriptions.alert.AlertBoard;
import dev.vigil.subscriptions.alert.AlertDesk;
import dev.vigil.subscriptions.alert.AlertRecords;
import dev.vigil.subscriptions.alert.TakeAlertStep;
import dev.vigil.subscriptions.rule.PatientContext;
import dev.vigil.subscriptions.rule.RuleCompiler;
import dev.vigil.subscriptions.rule.RuleEngine;
import dev.vigil.subscriptions.rule.RuleReader;
import dev.vigil.subscriptions.rule.RuleSource;
import dev.vigil.telemetry.device.PostgresDeviceAssignments;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.reading.Readings;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.ucum.Ucum;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Rules and alerts of {@code subscriptions} on the server's stores. */
@Configuration(proxyBeanMethods = false)
class AlertConfiguration {

  @Bean
  DetectedIssueGuard detectedIssueGuard(IInterceptorService hooks) {
    DetectedIssueGuard guard = new DetectedIssueGuard();
    hooks.registerInterceptor(guard);
    return guard;
  }

  @Bean
  RuleCompiler ruleCompiler(MetricCatalog metrics) {
    return new RuleCompiler(metrics, Ucum.standard());
  }

  @Bean
  RuleGate ruleGate(IInterceptorService hooks, RuleCompiler compiler) {
    RuleGate gate = new RuleGate(compiler);
    hooks.registerInterceptor(gate);
    return gate;
  }

  @Bean
  AlertDesk alertDesk(DataSource dataSource, AlertRecords records, EventLog log) {
    return new AlertDesk(new NamedParameterJdbcTemplate(dataSource), records, log);
  }

  @Bean
  AlertBoard alertBoard(DataSource dataSource) {
    return new AlertBoard(new NamedParameterJdbcTemplate(dataSource));
  }

  @Bean
  TakeAlertStep takeAlertStep(
      AlertDesk desk, PlatformTransactionManager transactions, Clock clock) {
    return new TakeAlertStep(desk, new TransactionTemplate(transactions), clock);
  }

  @Bean
  RuleReader ruleReader(
      Readings readings,
      RuleSource rules,
      RuleCompiler compiler,
      PostgresDeviceAssignments devices,
      AlertDesk desk,
      DataSource dataSource) {
    return new RuleReader(
        readings,
        rules,
        compiler,
        new RuleEngine(Ucum.standard(), PatientContext.UNKNOWN),
        devices::samplingInterval,
        desk,
        new NamedParameterJdbcTemplate(dataSource));
  }
}
