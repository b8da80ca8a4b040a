package dev.vigil.server.fhir;

import ca.uhn.fhir.rest.server.RestfulServer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Stands before HAPI's servlet and asks for it when the web server starts. Asked for at its
 * registration, all of HAPI's beans would be made before Spring has frozen its configuration, when
 * it may not remember yet which bean has which type.
 */
final class FhirServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private final transient Supplier<RestfulServer> servers;
  private transient RestfulServer server;

  FhirServlet(Supplier<RestfulServer> servers) {
    this.servers = servers;
  }

  @Override
  public void init() throws ServletException {
    server = servers.get();
    server.init(getServletConfig());
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    server.service(request, response);
  }

  @Override
  public void destroy() {
    server.destroy();
  }
}
