package dev.vigil.server.observation;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.dao.MatchResourceUrlService;
import ca.uhn.fhir.jpa.dao.tx.HapiTransactionService;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.partition.IRequestPartitionHelperSvc;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.rest.api.server.storage.IDeleteExpungeJobSubmitter;
import org.springframework.beans.factory.ObjectProvider;

/**
 * What HAPI's frame for stores other than its own asks a DAO for.
 *
 * @param matches finds what a condition matches
 * @param histories versions page by page
 * @param plain HAPI's own DAO, for searches and checks
 * @param moments searches of the past
 */
record HapiParts(
    FhirContext context,
    JpaStorageSettings settings,
    IInterceptorBroadcaster hooks,
    HapiTransactionService transactions,
    IRequestPartitionHelperSvc partitions,
    MatchResourceUrlService<JpaPid> matches,
    MatchUrlService urls,
    IDeleteExpungeJobSubmitter expunges,
    HistoryPages histories,
    HapiObservations plain,
    ObjectProvider<SearchAtMoment> moments) {}
