package dev.vigil.bench.peer;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * Stock HAPI FHIR JPA for R4 at {@code http://localhost:PORT/fhir}, without authorization, behind
 * the same web server as Vigil. Prints {@link #READY} when it serves; a signal ends it.
 */
public final class StockHapi {

  /** The line on standard output that says it serves. */
  public static final String READY = "stock HAPI serves";

  private StockHapi() {}

  /**
   * @param arguments DEFAULT or TUNED, port, JDBC URL of an empty database, its user and password
   */
  public static void main(String[] arguments) throws IOException, LifecycleException {
    Tuning tuning = Tuning.valueOf(arguments[0]);
    int port = Integer.parseInt(arguments[1]);
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context.registerBean(Tuning.class, () -> tuning);
    context.registerBean(
        "dataSource",
        javax.sql.DataSource.class,
        () -> StockHapiDatabase.migrated(arguments[2], arguments[3], arguments[4]));
    context.register(StockHapiBeans.class);
    context.refresh();
    if (tuning == Tuning.TUNED) {
      new SlimSearchParameters(
              context.getBean(DaoRegistry.class), context.getBean(ISearchParamRegistry.class))
          .retireOthers();
    }
    serve(port, endpoint(context));
    System.out.println(READY);
  }

  private static RestfulServer endpoint(AnnotationConfigApplicationContext context) {
    RestfulServer server = new RestfulServer(context.getBean(FhirContext.class));
    server.registerProviders(
        context.getBean("myResourceProvidersR4", ResourceProviderFactory.class).createProviders());
    server.registerProvider(context.getBean(JpaSystemProvider.class));
    server.setPagingProvider(context.getBean(DatabaseBackedPagingProvider.class));
    server.setDefaultResponseEncoding(EncodingEnum.JSON);
    return server;
  }

  private static void serve(int port, RestfulServer server) throws IOException, LifecycleException {
    Path folder = Files.createTempDirectory("stock-hapi");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(port);
    tomcat.getConnector().setProperty("relaxedQueryChars", "|");
    Context root = tomcat.addContext("", folder.toString());
    Tomcat.addServlet(root, "fhir", server).setLoadOnStartup(1);
    root.addServletMappingDecoded("/fhir/*", "fhir");
    tomcat.start();
  }
}
