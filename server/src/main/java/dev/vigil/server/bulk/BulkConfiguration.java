package dev.vigil.server.bulk;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Puts the count of requests before the FHIR endpoint. */
@Configuration(proxyBeanMethods = false)
class BulkConfiguration {

  @Bean
  OtherRequests otherRequests() {
    return new OtherRequests();
  }

  @Bean
  FilterRegistrationBean<OtherRequests> countOtherRequests(OtherRequests requests) {
    FilterRegistrationBean<OtherRequests> registration = new FilterRegistrationBean<>(requests);
    registration.addUrlPatterns("/fhir", "/fhir/*");
    registration.setOrder(Ordered.LOWEST_PRECEDENCE - 10);
    return registration;
  }
}
