package dev.vigil.server.fhir;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.IDaoRegistry;
import ca.uhn.fhir.jpa.graphql.GraphQLProviderWithIntrospection;
import ca.uhn.fhir.rest.annotation.GraphQL;
import ca.uhn.fhir.rest.annotation.GraphQLQueryBody;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.api.RequestTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.utilities.graphql.IGraphQLStorageServices;

/** HAPI's {@code $graphql}, which would meet a body without a query with a bug of its own. */
public class GraphQlQueries extends GraphQLProviderWithIntrospection {

  GraphQlQueries(
      FhirContext context,
      IValidationSupport validationSupport,
      IGraphQLStorageServices storage,
      ISearchParamRegistry searchParameters,
      IDaoRegistry daos) {
    super(context, validationSupport, storage, searchParameters, daos);
  }

  @Override
  @GraphQL(type = RequestTypeEnum.POST)
  public String processGraphQlPostRequest(
      ServletRequestDetails servletRequest,
      RequestDetails request,
      @IdParam IIdType id,
      @GraphQLQueryBody String query) {
    if (query == null) {
      throw new InvalidRequestException(
          "the body is no query: application/graphql, or application/json with a query");
    }
    return super.processGraphQlPostRequest(servletRequest, request, id, query);
  }
}
