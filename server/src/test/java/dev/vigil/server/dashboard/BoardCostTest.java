package dev.vigil.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.core.TenantId;
import dev.vigil.server.VigilServer;
import dev.vigil.simulator.ward.PatientKind;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.Test;

/** What a refresh of "Now" costs. */
class BoardCostTest {

  private final VigilServer server = VigilServer.get();

  @Test
  void twentyPatientsToNameCostNoMoreReadsThanTwo() {
    NowBoard board = server.bean(NowBoard.class);
    TenantId tenant = new TenantId("demo");
    new Cohort(server, "COST-TWO", 2, PatientKind.GLUCOSE);
    long few = statements(board, tenant);
    new Cohort(server, "COST-TWENTY", 20, PatientKind.GLUCOSE);
    long many = statements(board, tenant);

    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      long start = System.nanoTime();
      board.now(tenant);
      micros.add((System.nanoTime() - start) / 1_000);
    }
    micros.sort(null);
    System.out.printf(
        "refresh of Now, 20 patients not monitored: p50 %d us, p95 %d us, statements of the store %d%n",
        micros.get(25), micros.get(47), many);
    assertThat(many).isLessThanOrEqualTo(few);
  }

  /** Statements that the FHIR store prepares in a refresh; a first one fills its caches. */
  private long statements(NowBoard board, TenantId tenant) {
    board.now(tenant);
    Statistics statistics =
        server.bean(EntityManagerFactory.class).unwrap(SessionFactory.class).getStatistics();
    boolean before = statistics.isStatisticsEnabled();
    statistics.setStatisticsEnabled(true);
    try {
      long start = statistics.getPrepareStatementCount();
      board.now(tenant);
      return statistics.getPrepareStatementCount() - start;
    } finally {
      statistics.setStatisticsEnabled(before);
    }
  }
}
