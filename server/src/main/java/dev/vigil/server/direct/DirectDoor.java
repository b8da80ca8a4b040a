package dev.vigil.server.direct;

import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.fhir.FhirProperties;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Stands before HAPI's servlet, behind authentication. Answers what it is sure about; all else goes
 * on to HAPI, refusals and failures too, since HAPI words them.
 */
final class DirectDoor extends OncePerRequestFilter {

  private static final Logger LOG = LoggerFactory.getLogger(DirectDoor.class);

  private static final String ROOT = "/fhir";

  private final DirectReads reads;
  private final KnownInterceptors interceptors;
  private final FhirProperties properties;
  private final Counter answered;
  private final Counter failed;

  DirectDoor(
      DirectReads reads,
      KnownInterceptors interceptors,
      FhirProperties properties,
      MeterRegistry meters) {
    this.reads = reads;
    this.interceptors = interceptors;
    this.properties = properties;
    this.answered = meters.counter("vigil.read.direct", "outcome", "answered");
    this.failed = meters.counter("vigil.read.direct", "outcome", "failed");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<DirectAnswer> answer = answer(request);
    if (answer.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    answered.increment();
    answer.get().send(request, response);
  }

  private Optional<DirectAnswer> answer(HttpServletRequest request) {
    Optional<DirectRequest> asked = DirectRequest.of(request);
    if (asked.isEmpty() || !interceptors.allKnown()) {
      return Optional.empty();
    }
    Optional<AccessDecision> caller = AccessDecision.current().filter(asked.get()::allowed);
    if (caller.isEmpty()) {
      return Optional.empty();
    }
    try {
      return reads.answer(asked.get(), caller.get().tenant(), base(request));
    } catch (RuntimeException failure) { // HAPI meets it again, and answers it.
      failed.increment();
      LOG.debug("a read goes the usual way after a {}", failure.getClass().getName());
      return Optional.empty();
    }
  }

  private String base(HttpServletRequest request) {
    if (!properties.publicUrl().isBlank()) {
      return properties.publicUrl();
    }
    StringBuffer url = request.getRequestURL();
    return url.substring(0, url.lastIndexOf(ROOT + "/Observation") + ROOT.length());
  }
}
