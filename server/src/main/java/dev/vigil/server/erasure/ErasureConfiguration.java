package dev.vigil.server.erasure;

import ca.uhn.fhir.interceptor.api.IInterceptorService;
import dev.vigil.telemetry.key.DataKeys;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the gate into HAPI's storage hooks. */
@Configuration(proxyBeanMethods = false)
class ErasureConfiguration {

  @Bean
  ErasedPatientGate erasedPatientGate(IInterceptorService hooks, DataKeys keys) {
    ErasedPatientGate gate = new ErasedPatientGate(keys);
    hooks.registerInterceptor(gate);
    return gate;
  }
}
