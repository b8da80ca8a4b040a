package dev.vigil.server.observation.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.searchparam.registry.SearchParameterCanonicalizer;
import ca.uhn.fhir.rest.server.util.FhirContextSearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import dev.vigil.server.observation.SyntheticPid;
import java.util.List;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.SearchParameter;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The search parameters of Observations as a server on the same database has them: those of FHIR
 * R4, and the active ones that were stored there.
 */
public final class DatabaseSearchParameters {

  private DatabaseSearchParameters() {}

  /** As they are now. */
  public static ISearchParamRegistry of(FhirContext context, DataSource dataSource) {
    FhirContextSearchParamRegistry registry = new FhirContextSearchParamRegistry(context);
    SearchParameterCanonicalizer canonicalizer = new SearchParameterCanonicalizer(context);
    List<String> stored =
        JdbcClient.create(dataSource)
            .sql(
                """
                select version.res_text_vc
                from hapi.hfj_resource as resource
                join hapi.hfj_res_ver as version
                  on version.res_id = resource.res_id and version.res_ver = resource.res_ver
                where resource.res_type = 'SearchParameter' and resource.res_deleted_at is null
                  and version.res_text_vc is not null
                """)
            .query(String.class)
            .list();
    for (String json : stored) {
      SearchParameter parameter =
          context.newJsonParser().parseResource(SearchParameter.class, json);
      RuntimeSearchParam runtime = canonicalizer.canonicalizeSearchParameter(parameter);
      if (runtime != null && runtime.getBase().contains(SyntheticPid.TYPE)) {
        registry.addSearchParam(runtime);
      }
    }
    return registry;
  }
}
