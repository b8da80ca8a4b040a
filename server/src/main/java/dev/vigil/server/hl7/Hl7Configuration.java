package dev.vigil.server.hl7;

import dev.vigil.core.TenantId;
import dev.vigil.hl7.mllp.MllpListener;
import dev.vigil.hl7.mllp.MllpListenerProperties;
import dev.vigil.hl7.pcd01.Pcd01Properties;
import dev.vigil.hl7.pcd01.Pcd01Receiver;
import dev.vigil.hl7.pcd01.Pcd01ToBundle;
import dev.vigil.hl7.pcd04.Hl7Destinations;
import dev.vigil.hl7.pcd04.Pcd04Channel;
import dev.vigil.hl7.pcd04.Pcd04Properties;
import dev.vigil.telemetry.delivery.ResourceReader;
import dev.vigil.telemetry.intake.Intake;
import dev.vigil.terminology.metric.MetricCatalog;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The HL7 v2 bridge on the server's intake and stores. */
@Configuration(proxyBeanMethods = false)
class Hl7Configuration {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ACKNOWLEDGE = Duration.ofSeconds(30);

  @Bean
  Pcd04Channel pcd04Channel(
      MllpProperties properties,
      MetricCatalog metrics,
      Hl7Destinations destinations,
      ResourceReader resources) {
    Pcd04Properties settings =
        new Pcd04Properties(
            properties.eui(),
            properties.facility(),
            properties.authorities(),
            CONNECT,
            ACKNOWLEDGE);
    return new Pcd04Channel(settings, metrics, destinations, resources);
  }

  @Bean(destroyMethod = "")
  @ConditionalOnExpression("!'${vigil.mllp.tenant:}'.isBlank()")
  MllpListener mllpListener(
      MllpProperties properties, MetricCatalog metrics, Intake intake, Clock clock) {
    Pcd01Properties settings =
        new Pcd01Properties(
            new TenantId(properties.tenant()), properties.zone(), properties.authorities());
    return new MllpListener(
        MllpListenerProperties.on(properties.address(), properties.port()),
        new Pcd01Receiver(settings, new Pcd01ToBundle(settings, metrics), intake, clock));
  }
}
