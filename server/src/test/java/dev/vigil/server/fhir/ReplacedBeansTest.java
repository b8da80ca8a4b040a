package dev.vigil.server.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.jpa.dao.ITransactionProcessorVersionAdapter;
import dev.vigil.server.VigilServer;
import org.junit.jupiter.api.Test;

/** A version of HAPI that renames a bean we replace would bring HAPI's own back in silence. */
class ReplacedBeansTest {

  @Test
  void theTransactionAdapterIsOurs() {
    assertThat(VigilServer.get().bean(ITransactionProcessorVersionAdapter.class))
        .isInstanceOf(OutcomeKeepingTransactionAdapter.class);
  }
}
