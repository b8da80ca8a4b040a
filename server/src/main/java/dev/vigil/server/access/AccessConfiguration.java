package dev.vigil.server.access;

import ca.uhn.fhir.jpa.partition.IPartitionLookupSvc;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the gates into HAPI. */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

  @Bean
  Tenants tenants(IPartitionLookupSvc partitions) {
    return new Tenants(partitions);
  }

  @Bean
  ScopeInterceptor scopeInterceptor(Tenants tenants) {
    return new ScopeInterceptor(tenants);
  }
}
