package dev.vigil.server.intake.fast;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.ProblemException;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.access.Permission;
import dev.vigil.server.fhir.FhirProperties;
import dev.vigil.server.intake.CreatedObservations;
import dev.vigil.server.observation.RequestIds;
import dev.vigil.telemetry.intake.ProblemOutcome;
import dev.vigil.telemetry.log.Source;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Stands before HAPI's servlet, behind authentication and the limit of bodies. What can go the
 * short way goes it; all else goes on to HAPI, with its body as it came, and is learned from.
 */
final class FastDoor extends OncePerRequestFilter {

  private static final Logger LOG = LoggerFactory.getLogger(FastDoor.class);

  private static final String ROOT = "/fhir";
  private static final String OBSERVATION = "/fhir/Observation";

  private static final String MINIMAL = "return=minimal";
  private static final String REQUEST_ID = "X-Request-ID";

  /** Larger bodies go the usual way. */
  private static final int LARGEST = 8 * 1024 * 1024;

  /**
   * Headers that change nothing about what a create does. HAPI takes its address from the request
   * itself or from the settings, so what proxies say about themselves is among them.
   */
  private static final Set<String> HARMLESS =
      Set.of(
          "host",
          "connection",
          "content-length",
          "content-type",
          "content-encoding",
          "transfer-encoding",
          "accept",
          "accept-encoding",
          "accept-language",
          "authorization",
          "user-agent",
          "traceparent",
          "tracestate",
          "expect",
          "upgrade",
          "http2-settings",
          "if-none-exist",
          "via",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-port",
          "x-forwarded-prefix",
          "x-forwarded-proto",
          "x-real-ip",
          "x-request-id");

  private static final Set<String> CONTENT_TYPES =
      Set.of(
          "application/fhir+json",
          "application/json",
          "application/fhir+json;charset=utf-8",
          "application/json;charset=utf-8");

  private static final Set<String> ACCEPTED = Set.of("application/fhir+json", "*/*");

  private final FhirContext context;
  private final FhirProperties properties;
  private final Preparation preparation;
  private final GroupCommit commits;
  private final Lessons lessons;
  private final DoorCounts counts;

  FastDoor(
      FhirContext context,
      FhirProperties properties,
      Preparation preparation,
      GroupCommit commits,
      Lessons lessons,
      DoorCounts counts) {
    this.context = context;
    this.properties = properties;
    this.preparation = preparation;
    this.commits = commits;
    this.lessons = lessons;
    this.counts = counts;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    AccessDecision caller = fits(request) ? AccessDecision.current().orElse(null) : null;
    boolean single = request.getRequestURI().equals(OBSERVATION);
    if (caller == null || !mayCreate(caller, single)) {
      chain.doFilter(request, response);
      return;
    }
    InputStream sent;
    byte[] body;
    try {
      sent = request.getInputStream();
      body = sent.readNBytes(LARGEST);
    } catch (IOException e) { // Says that it is compressed, and is not: HAPI answers that.
      chain.doFilter(new ReplayedRequest(request, new byte[0], new FailingStream(e)), response);
      return;
    }
    if (body.length == LARGEST) {
      chain.doFilter(new ReplayedRequest(request, body, sent), response);
      return;
    }
    Optional<Envelope> envelope = envelope(request, body, single, caller);
    if (envelope.isPresent() && committed(request, response, body, envelope.get(), caller)) {
      return;
    }
    counts.usual();
    HttpServletRequest again = new ReplayedRequest(request, body, null);
    if (envelope.isEmpty()) {
      chain.doFilter(again, response);
      return;
    }
    CreatedObservations created = CreatedObservations.in(again);
    chain.doFilter(again, response);
    if (response.getStatus() == 200 || response.getStatus() == 201) {
      learn(body, envelope.get(), created);
    }
  }

  /** Fails as the body did that was read before. */
  private static final class FailingStream extends InputStream {

    private final IOException failure;

    FailingStream(IOException failure) {
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      throw failure;
    }
  }

  private static boolean fits(HttpServletRequest request) {
    if (!request.getMethod().equals("POST") || request.getQueryString() != null) {
      return false;
    }
    String path = request.getRequestURI();
    String type = request.getContentType();
    String accept = request.getHeader("Accept");
    return (path.equals(ROOT) || path.equals(OBSERVATION))
        && type != null
        && CONTENT_TYPES.contains(type.toLowerCase(Locale.ROOT).replace(" ", ""))
        && (accept == null || ACCEPTED.contains(accept))
        && Collections.list(request.getHeaderNames()).stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .allMatch(name -> HARMLESS.contains(name) || name.equals("prefer"))
        && prefersWhatIsUsual(request)
        && Collections.list(request.getHeaders(REQUEST_ID)).stream().allMatch(RequestIds::isTaken);
  }

  private static boolean prefersWhatIsUsual(HttpServletRequest request) {
    List<String> preferences = Collections.list(request.getHeaders("Prefer"));
    return preferences.isEmpty() || preferences.equals(List.of(MINIMAL));
  }

  /** The answer to a transaction is minimal anyway. */
  private static boolean isMinimal(HttpServletRequest request) {
    return MINIMAL.equals(request.getHeader("Prefer"));
  }

  /** A single create answers with what it created, so it takes the right to see it too. */
  private static boolean mayCreate(AccessDecision caller, boolean single) {
    return caller.system()
        && caller.allows("Observation", Permission.CREATE)
        && (!single
            || caller.allows("Observation", Permission.READ)
            || caller.allows("Observation", Permission.SEARCH));
  }

  private Optional<Envelope> envelope(
      HttpServletRequest request, byte[] body, boolean single, AccessDecision caller) {
    if (body.length < 2 || body[0] != '{' || body[1] == 0) {
      return Optional.empty(); // Perhaps another character set.
    }
    String condition = request.getHeader("If-None-Exist");
    Optional<Envelope> envelope =
        single
            ? Envelope.single(body, condition)
            : condition == null
                ? Envelope.transaction(body, properties.maxEntries())
                : Optional.empty();
    // The answer to a condition tells whether there is a match.
    return envelope.filter(
        read ->
            caller.allows("Observation", Permission.SEARCH)
                || read.entries().stream().allMatch(entry -> !entry.condition().asks()));
  }

  private boolean committed(
      HttpServletRequest request,
      HttpServletResponse response,
      byte[] body,
      Envelope envelope,
      AccessDecision caller)
      throws IOException {
    String given = request.getHeader(REQUEST_ID);
    String requestId = given == null ? RequestIds.next() : given;
    boolean single = request.getRequestURI().equals(OBSERVATION);
    Source source = new Source("fhir", caller.actor().reference());
    Optional<FastMessage> message =
        preparation.prepare(body, envelope, caller.tenant(), source, requestId);
    if (message.isEmpty()
        || single
            && !isMinimal(request)
            && !FastAnswer.shows(message.get().items().get(0).shape().template())) {
      return false;
    }
    try {
      if (!commits.await(message.get())) {
        return false;
      }
    } catch (ProblemException busy) {
      counts.refused();
      String outcome = context.newJsonParser().encodeResourceToString(ProblemOutcome.of(busy));
      FastAnswer.busy(request, response, busy, outcome, requestId);
      return true;
    } catch (UnknownOutcome failure) {
      String incident = UUID.randomUUID().toString();
      LOG.error("a request failed incident={}", incident);
      FastAnswer.failed(request, response, incident, requestId);
      return true;
    }
    counts.shortWay(envelope.entries().size());
    if (single) {
      FastAnswer.single(request, response, message.get(), base(request), !isMinimal(request));
    } else {
      FastAnswer.transaction(request, response, message.get(), base(request));
    }
    return true;
  }

  private String base(HttpServletRequest request) {
    if (!properties.publicUrl().isBlank()) {
      return properties.publicUrl();
    }
    StringBuffer url = request.getRequestURL();
    return url.substring(0, url.lastIndexOf(ROOT) + ROOT.length());
  }

  private void learn(byte[] body, Envelope envelope, CreatedObservations created) {
    for (int i = 0; i < envelope.entries().size(); i++) {
      Envelope.Entry entry = envelope.entries().get(i);
      created.stored(i).ifPresent(stored -> lessons.offer(body, entry.from(), entry.to(), stored));
    }
  }
}
