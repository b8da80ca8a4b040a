package dev.vigil.server.direct;

import ca.uhn.fhir.util.DateUtils;
import ca.uhn.fhir.util.VersionUtil;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPOutputStream;

/**
 * An answer of 200 with the headers that HAPI would send.
 *
 * @param modified when what it shows was last modified
 * @param location where that lies; null to leave it out
 * @param tag of its version; null to leave it out
 */
record DirectAnswer(String json, Instant modified, String location, String tag) {

  private static final String TYPE = "application/fhir+json;charset=UTF-8";
  private static final String POWERED_BY =
      "HAPI FHIR %s REST Server (FHIR Server; FHIR 4.0.1/R4)".formatted(VersionUtil.getVersion());
  private static final int REQUEST_ID_LENGTH = 16;
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.setHeader("X-Powered-By", POWERED_BY);
    response.setHeader("X-Request-ID", requestId());
    if (tag != null) {
      response.setHeader("ETag", tag);
    }
    if (location != null) {
      response.setHeader("Content-Location", location);
    }
    response.setHeader("Last-Modified", DateUtils.formatDate(Date.from(modified)));
    response.setStatus(200);
    response.setContentType(TYPE);
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    if (acceptsGzip(request)) {
      response.setHeader("Content-Encoding", "gzip");
      try (OutputStream out = new GZIPOutputStream(response.getOutputStream())) {
        out.write(body);
      }
    } else {
      response.getOutputStream().write(body);
    }
    response.flushBuffer(); // Before the end, so that it goes out in chunks as HAPI's does.
  }

  /** By HAPI's reading of the header. */
  private static boolean acceptsGzip(HttpServletRequest request) {
    String accepted = request.getHeader("Accept-Encoding");
    return accepted != null && List.of(accepted.trim().split("\\s*,\\s*")).contains("gzip");
  }

  private static String requestId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    StringBuilder id = new StringBuilder(REQUEST_ID_LENGTH);
    for (int i = 0; i < REQUEST_ID_LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
