package dev.vigil.server.fhir;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.interceptor.UserRequestRetryVersionConflictsInterceptor;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.provider.ValueSetOperationProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.openapi.OpenApiInterceptor;
import ca.uhn.fhir.rest.server.ETagSupportEnum;
import ca.uhn.fhir.rest.server.HardcodedServerAddressStrategy;
import ca.uhn.fhir.rest.server.IServerAddressStrategy;
import ca.uhn.fhir.rest.server.IncomingRequestAddressStrategy;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.interceptor.auth.AuthorizationInterceptor;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Meta;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** The FHIR REST endpoint {@code /fhir}. */
@Configuration(proxyBeanMethods = false)
class FhirServerConfiguration {

  @Bean
  FhirEndpoint fhirEndpoint(
      FhirContext context,
      FhirProperties properties,
      IFhirSystemDao<Bundle, Meta> systemDao,
      JpaSystemProvider<Bundle, Meta> systemProvider,
      @Qualifier("myResourceProvidersR4") ResourceProviderFactory resourceProviders,
      JpaStorageSettings storageSettings,
      ISearchParamRegistry searchParameters,
      IValidationSupport validationSupport,
      IRequestPartitionHelperSvc partitions,
      ObjectProvider<AuthorizationInterceptor> gates,
      DatabaseBackedPagingProvider paging,
      ValueSetOperationProvider valueSetOperations,
      GraphQlQueries graphQl,
      ObjectProvider<FhirOperations> operations) {
    RestfulServer server = new RestfulServer(context);
    server.registerProviders(resourceProviders.createProviders());
    server.registerProvider(systemProvider);
    server.registerProvider(valueSetOperations);
    server.registerProvider(graphQl);
    operations.orderedStream().forEach(server::registerProvider);
    JpaCapabilityStatementProvider capabilities =
        new JpaCapabilityStatementProvider(
            server, systemDao, storageSettings, searchParameters, validationSupport);
    capabilities.setImplementationDescription("Vigil: device readings in, alerts out");
    server.setServerConformanceProvider(capabilities);
    server.setServerName("Vigil");
    server.setServerVersion(properties.version());
    // The provider's own sizes count, not the server's.
    paging.setDefaultPageSize(20);
    paging.setMaximumPageSize(500);
    server.setPagingProvider(paging);
    server.setDefaultResponseEncoding(EncodingEnum.JSON);
    server.setDefaultPrettyPrint(false);
    server.setETagSupport(ETagSupportEnum.ENABLED);
    server.setServerAddressStrategy(addressStrategy(properties));
    // Not the store's interceptors: HAPI calls those of store and server for each hook of storage,
    // so one that is in both is called twice.
    gates.orderedStream().forEach(server::registerInterceptor);
    server.registerInterceptor(new ReadOnlyTypes(partitions));
    server.registerInterceptor(new EmptyOperationBody());
    server.registerInterceptor(new MomentParameter());
    server.registerInterceptor(new VersionCondition());
    server.registerInterceptor(new OpenApiInterceptor());
    UnreadableBodies unreadable = new UnreadableBodies(context);
    server.registerInterceptor(new NumberLimit());
    server.registerInterceptor(new BatchReader(properties.maxEntries(), unreadable));
    server.registerInterceptor(new AnswerShape(properties.maxEntries(), unreadable));
    context.setParserErrorHandler(new StrictParsing());
    return new FhirEndpoint(server);
  }

  private static IServerAddressStrategy addressStrategy(FhirProperties properties) {
    return properties.publicUrl().isBlank()
        ? new IncomingRequestAddressStrategy()
        : new HardcodedServerAddressStrategy(properties.publicUrl());
  }

  @Bean
  ServletRegistrationBean<FhirServlet> fhirServlet(ObjectProvider<FhirEndpoint> endpoint) {
    ServletRegistrationBean<FhirServlet> registration =
        new ServletRegistrationBean<>(
            new FhirServlet(() -> endpoint.getObject().server()), "/fhir/*");
    registration.setName("fhir");
    registration.setLoadOnStartup(1);
    return registration;
  }

  @Bean
  FilterRegistrationBean<BodyLimit> bodyLimit(FhirProperties properties) {
    FilterRegistrationBean<BodyLimit> registration =
        new FilterRegistrationBean<>(new BodyLimit(properties.maxBody().toBytes()));
    registration.addUrlPatterns("/fhir", "/fhir/*");
    // Before whatever reads the body.
    registration.setOrder(Ordered.LOWEST_PRECEDENCE - 1);
    return registration;
  }

  /** Whoever asks for it by {@code X-Retry-On-Version-Conflict} is tried again. */
  @Bean
  UserRequestRetryVersionConflictsInterceptor retriesOnRequest(IInterceptorService interceptors) {
    UserRequestRetryVersionConflictsInterceptor retries =
        new UserRequestRetryVersionConflictsInterceptor();
    interceptors.registerInterceptor(retries);
    return retries;
  }

  @Bean
  TenantPartitions tenantPartitions(IInterceptorService interceptors) {
    TenantPartitions partitions = new TenantPartitions();
    interceptors.registerInterceptor(partitions);
    return partitions;
  }
}
