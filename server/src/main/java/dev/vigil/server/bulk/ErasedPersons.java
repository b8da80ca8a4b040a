package dev.vigil.server.bulk;

import dev.vigil.core.TenantId;
import dev.vigil.core.event.Event;
import dev.vigil.core.event.PersonErased;
import dev.vigil.telemetry.erasure.ErasureSweep;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.reader.LogReader;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Takes the exports of a tenant back when one of its persons is erased: nobody knows in which files
 * that person is, and a client can ask again. Those go as well that begin before the last of the
 * person's Observations is deleted. The files themselves go with the next tidying.
 */
@Component
class ErasedPersons implements LogReader, ErasureSweep.Copies {

  private final BulkJobs jobs;

  ErasedPersons(BulkJobs jobs) {
    this.jobs = jobs;
  }

  @Override
  public String name() {
    return "bulk";
  }

  /** There were no exports before there was this reader. */
  @Override
  public boolean beginsAtHead() {
    return true;
  }

  @Override
  public Set<Class<? extends Event>> wants() {
    return Set.of(PersonErased.class);
  }

  @Override
  public Duration pace() {
    return Duration.ofSeconds(1);
  }

  @Override
  public void accept(List<LoggedEvent> events) {
    events.stream()
        .filter(event -> event.event() instanceof PersonErased)
        .map(LoggedEvent::tenant)
        .distinct()
        .forEach(jobs::removeExports);
  }

  @Override
  public void takeBack(TenantId tenant) {
    jobs.removeExports(tenant);
  }
}
