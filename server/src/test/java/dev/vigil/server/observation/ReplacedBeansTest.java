package dev.vigil.server.observation;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.api.svc.IIdHelperService;
import ca.uhn.fhir.jpa.config.JpaConfig;
import ca.uhn.fhir.jpa.dao.TransactionProcessor;
import ca.uhn.fhir.jpa.delete.DeleteConflictService;
import ca.uhn.fhir.jpa.search.PersistedJpaBundleProviderFactory;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import dev.vigil.server.VigilServer;
import java.util.Date;
import org.hl7.fhir.r4.model.Observation;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;

/** A version of HAPI that renames a bean we replace would bring HAPI's own back in silence. */
class ReplacedBeansTest {

  private final VigilServer server = VigilServer.get();

  @Test
  void ofHapiStandOurs() {
    assertThat(type(server.bean(DaoRegistry.class).getResourceDao(Observation.class)))
        .isEqualTo(StoredObservationDao.class);
    assertThat(type(server.bean(IIdHelperService.class))).isEqualTo(ObservationIds.class);
    assertThat(type(server.bean(TransactionProcessor.class)))
        .isEqualTo(ObservationTransactions.class);
    assertThat(type(server.bean(DeleteConflictService.class)))
        .isEqualTo(ObservationDeleteConflicts.class);
    assertThat(type(server.bean(MatchUrlService.class))).isEqualTo(ConditionUrls.class);
    assertThat(type(server.bean(PersistedJpaBundleProviderFactory.class)))
        .isEqualTo(CountedHistories.class);
    assertThat(type(server.bean(IFhirSystemDao.class))).isEqualTo(ObservationSystemDao.class);
    assertThat(
            server
                .context()
                .getBean(JpaConfig.HISTORY_BUILDER, "Observation", null, new Date(0), new Date()))
        .isInstanceOf(MergedHistory.class);
  }

  private static Class<?> type(Object bean) {
    return AopUtils.getTargetClass(bean);
  }
}
