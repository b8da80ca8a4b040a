package dev.vigil.server.observation;

import ca.uhn.fhir.rest.api.server.IBundleProvider;
import java.util.Date;
import org.hl7.fhir.instance.model.api.IPrimitiveType;

/** HAPI's page of a history, to which something is added. */
abstract class HistoryPage implements IBundleProvider {

  /** HAPI's. */
  final IBundleProvider page;

  HistoryPage(IBundleProvider page) {
    this.page = page;
  }

  @Override
  public IPrimitiveType<Date> getPublished() {
    return page.getPublished();
  }

  @Override
  public Integer preferredPageSize() {
    return page.preferredPageSize();
  }

  @Override
  public String getUuid() {
    return page.getUuid();
  }
}
