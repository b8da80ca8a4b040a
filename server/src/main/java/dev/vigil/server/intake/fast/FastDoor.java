package dev.vigil.server.intake.fast;

import ca.uhn.fhir.context.FhirContext;
import dev.vigil.core.ProblemException;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.access.Permission;
import dev.vigil.server.fhir.FhirProperties;
import dev.vigil.server.intake.CreatedObservations;
import dev.vigil.server.observation.StoredJson;
import dev.vigil.telemetry.intake.ProblemOutcome;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
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

  /** Larger bodies go the usual way. */
  private static final int LARGEST = 8 * 1024 * 1024;

  /** Templates that one request may teach: each takes some milliseconds. */
  private static final int LESSONS = 50;

  private static final int REQUEST_ID_LENGTH = 16;
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

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
          "x-real-ip");

  private static final Set<String> CONTENT_TYPES =
      Set.of(
          "application/fhir+json",
          "application/json",
          "application/fhir+json;charset=utf-8",
          "application/json;charset=utf-8");

  private static final Set<String> ACCEPTED = Set.of("application/fhir+json", "*/*");

  private final FhirContext context;
  private final FhirProperties properties;
  private final KnownTexts known;
  private final Preparation preparation;
  private final GroupCommit commits;
  private final Teacher teacher;
  private final DoorCounts counts;

  FastDoor(
      FhirContext context,
      FhirProperties properties,
      KnownTexts known,
      Preparation preparation,
      GroupCommit commits,
      Teacher teacher,
      DoorCounts counts) {
    this.context = context;
    this.properties = properties;
    this.known = known;
    this.preparation = preparation;
    this.commits = commits;
    this.teacher = teacher;
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
        && prefersWhatIsUsual(request);
  }

  /** The answer to a transaction is minimal anyway; that to a single create is not. */
  private static boolean prefersWhatIsUsual(HttpServletRequest request) {
    List<String> preferences = Collections.list(request.getHeaders("Prefer"));
    return preferences.isEmpty()
        || preferences.equals(List.of("return=minimal")) && request.getRequestURI().equals(ROOT);
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
                || read.entries().stream().allMatch(entry -> entry.ifNoneExist() == null));
  }

  private boolean committed(
      HttpServletRequest request,
      HttpServletResponse response,
      byte[] body,
      Envelope envelope,
      AccessDecision caller)
      throws IOException {
    String requestId = requestId();
    boolean single = request.getRequestURI().equals(OBSERVATION);
    Optional<FastMessage> message = preparation.prepare(body, envelope, caller, requestId);
    if (message.isEmpty()
        || single && !FastAnswer.shows(message.get().items().get(0).shape().template())) {
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
      FastAnswer.single(request, response, message.get(), base(request));
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

  private static String requestId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    StringBuilder id = new StringBuilder(REQUEST_ID_LENGTH);
    for (int i = 0; i < REQUEST_ID_LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }

  /** Of each template one Observation is enough. */
  private void learn(byte[] body, Envelope envelope, CreatedObservations created) {
    Map<Cut.Text, Integer> lessons = new HashMap<>();
    for (int i = 0; i < envelope.entries().size() && lessons.size() < LESSONS; i++) {
      Envelope.Entry entry = envelope.entries().get(i);
      Optional<StoredJson> stored = created.stored(i);
      if (stored.isEmpty() || known.find(body, entry.from(), entry.to()) != null) {
        continue;
      }
      Optional<Cut> cut =
          Cut.of(new String(body, entry.from(), entry.to() - entry.from(), StandardCharsets.UTF_8));
      if (cut.isPresent() && lessons.putIfAbsent(cut.get().text(), i) == null) {
        teacher.learn(cut.get(), stored.get());
      }
    }
  }
}
