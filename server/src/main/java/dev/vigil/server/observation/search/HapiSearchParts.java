package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.config.HapiFhirLocalContainerEntityManagerFactoryBean;
import ca.uhn.fhir.jpa.config.HibernatePropertiesProvider;
import ca.uhn.fhir.jpa.dao.data.IResourceHistoryTableDao;
import ca.uhn.fhir.jpa.dao.data.IResourceTagDao;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.search.BatchResourceLoader;
import ca.uhn.fhir.jpa.search.builder.sql.SqlObjectFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;

/** What HAPI's own search over its tables is made of. */
record HapiSearchParts(
    JpaStorageSettings settings,
    HapiFhirLocalContainerEntityManagerFactoryBean entityManagerFactory,
    SqlObjectFactory sql,
    HibernatePropertiesProvider dialect,
    ISearchParamRegistry searchParameters,
    PartitionSettings partitions,
    IInterceptorBroadcaster interceptors,
    IResourceTagDao tags,
    DaoRegistry daos,
    FhirContext context,
    IIdHelperService<JpaPid> ids,
    IResourceHistoryTableDao history,
    BatchResourceLoader loader) {}
