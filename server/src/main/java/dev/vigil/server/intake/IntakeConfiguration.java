package dev.vigil.server.intake;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import dev.vigil.telemetry.device.DeviceAssignments;
import dev.vigil.telemetry.intake.ReadingCheck;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.reading.Readings;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the gate and the journal into HAPI's storage hooks. */
@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

  @Bean
  ReadingGate readingGate(IInterceptorService hooks, ReadingCheck check, FhirContext context) {
    ReadingGate gate = new ReadingGate(check, new ClaimedProfiles(context));
    hooks.registerInterceptor(gate);
    return gate;
  }

  @Bean
  WriteJournal writeJournal(
      IInterceptorService hooks,
      ReadingCheck check,
      DeviceAssignments devices,
      Readings readings,
      EventLog log,
      FhirContext context,
      Clock clock) {
    WriteJournal journal =
        new WriteJournal(
            new Recorder(check, devices, readings, log, new ChangeContents(context), clock));
    hooks.registerInterceptor(journal);
    return journal;
  }
}
