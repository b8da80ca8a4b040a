package dev.vigil.server.auth;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.boot.web.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Matches what came in by the port of the actuator, whatever its path. */
final class ManagementPort
    implements RequestMatcher, ApplicationListener<WebServerInitializedEvent> {

  private static final int UNKNOWN = -1;

  private volatile int port = UNKNOWN;

  @Override
  public void onApplicationEvent(WebServerInitializedEvent event) {
    if (WebServerApplicationContext.hasServerNamespace(
        event.getApplicationContext(), "management")) {
      port = event.getWebServer().getPort();
    }
  }

  @Override
  public boolean matches(HttpServletRequest request) {
    return request.getLocalPort() == port;
  }
}
