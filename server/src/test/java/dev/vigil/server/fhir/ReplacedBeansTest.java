package dev.vigil.server.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.jpa.dao.ITransactionProcessorVersionAdapter;
import dev.vigil.server.VigilServer;
import org.hl7.fhir.utilities.graphql.IGraphQLStorageServices;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;

/** A version of HAPI that renames a bean we replace would bring HAPI's own back in silence. */
class ReplacedBeansTest {

  @Test
  void theTransactionAdapterIsOurs() {
    assertThat(VigilServer.get().bean(ITransactionProcessorVersionAdapter.class))
        .isInstanceOf(OutcomeKeepingTransactionAdapter.class);
  }

  @Test
  void theListsOfGraphQlAreOurs() {
    assertThat(AopUtils.getTargetClass(VigilServer.get().bean(IGraphQLStorageServices.class)))
        .isEqualTo(GraphQlLists.class);
  }
}
