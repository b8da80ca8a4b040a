package dev.vigil.server.auth;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Matches requests by the path the servlet container decoded and mapped, so that what is matched is
 * what will answer. Spring's path patterns leave out HAPI's servlet.
 */
final class RequestPaths {

  private RequestPaths() {}

  /** The path without host, context and query. */
  static String of(HttpServletRequest request) {
    String info = request.getPathInfo();
    return request.getServletPath() + (info == null ? "" : info);
  }

  /** A path itself and everything below it. */
  static RequestMatcher under(String path) {
    return request -> {
      String actual = of(request);
      return actual.equals(path) || actual.startsWith(path + "/");
    };
  }

  /** One path, for reading. */
  static RequestMatcher reading(String path) {
    return request -> isRead(request) && of(request).equals(path);
  }

  /** A path and everything below it, for reading. */
  static RequestMatcher readingUnder(String path) {
    RequestMatcher under = under(path);
    return request -> isRead(request) && under.matches(request);
  }

  static boolean isRead(HttpServletRequest request) {
    return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
  }
}
